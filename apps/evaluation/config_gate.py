"""The gate before another clawdbot.yaml: what the golden sets lose by what it says.

Its keys are in force with the next start, so a process that has read it asks the sets beforehand.
What came of it is compared with the newest run of what was in force.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from apps.accounts.models import User
from apps.core.errors import Conflict
from apps.core.gates import Switch, SwitchKind
from apps.evaluation import gate, run_queue, running
from apps.evaluation.candidates import configured
from apps.evaluation.gate import Pair
from apps.evaluation.models import EvaluationRun, GoldenSet
from apps.evaluation.run_comparison import FigurePair, compare
from apps.evaluation.run_queue import Wanted
from apps.evaluation.setups import changed, setup_of
from apps.evaluation.workspace import Progress

DECIDED = frozenset({"reader", "retrieval", "answers", "engine", "profile"})  # by clawdbot.yaml
State, Cause = EvaluationRun.State, EvaluationRun.Cause


@dataclass(frozen=True)
class Standing:
    """A guarding set that was asked with something else. `changed`: parts of `setups.NAMES`."""

    pair: Pair
    changed: list[str]

    @cached_property
    def losses(self) -> list[FigurePair]:
        """What is lost beyond what may be, worst first; of what was not measured nothing."""
        if self.pair.baseline is None or self.pair.candidate is None:
            return []
        return compare(self.pair.baseline, self.pair.candidate).losses(self.pair.allowed)

    @property
    def is_measured(self) -> bool:
        """Whether the set was asked with what this process's clawdbot.yaml says."""
        return self.pair.candidate is not None


def standings() -> Iterator[Standing]:
    """Of each guarding set that what is configured here concerns. Those never asked are left out:
    there is nothing to compare with."""
    for golden_set in gate.guards():
        before = _newest(golden_set)
        now = setup_of(golden_set, {})
        parts = [one for one in changed(before.setup, now) if one in DECIDED] if before else []
        if parts:
            after = gate.true_run(golden_set, {}) or gate.true_run(golden_set, configured())
            yield Standing(Pair(golden_set, before, after), parts)


def is_allowed() -> bool:
    """Whether somebody let what is configured here pass, whatever it loses."""
    return gate.is_allowed(Switch(SwitchKind.CONFIG, configured()))


def baselines_ask(*, by: User, progress: Progress) -> None:
    """Ask each guarding set with what is in force, unless that is done. Raises Conflict while
    another run is under way."""
    for golden_set in gate.guards():
        if gate.true_run(golden_set, {}) is None:
            _require_quiet()
            running.run_now(golden_set, Wanted(Cause.GATE, by), progress=progress)


def candidates_ask(*, by: User, progress: Progress) -> None:
    """Ask each guarding set with what is configured here, where it differs and was not asked.
    Raises Conflict while another run is under way: a worker could not make up for this one."""
    for standing in standings():
        if not standing.is_measured:
            _require_quiet()
            wanted = Wanted(Cause.GATE, by, configured())
            running.run_now(standing.pair.golden_set, wanted, progress=progress)


def _require_quiet() -> None:
    if run_queue.open_runs().exists():
        raise Conflict("Golden sets are being asked just now. Try again soon: clawdbot eval gate")


def _newest(golden_set: GoldenSet) -> EvaluationRun | None:
    """Of what was in force."""
    runs = golden_set.runs.filter(state=State.DONE, candidate={}, results__isnull=False)
    return runs.distinct().order_by("-pk").first()
