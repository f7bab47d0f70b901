"""The gate before a switch: golden sets are asked with what is in force and with what would be.

A switch passes when no guarding set loses more than it allows, or when somebody allowed it all the
same and said why. Nothing is measured inside the request that asks for the switch: it is refused
with the word that it is being measured.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock, config
from apps.core.errors import Forbidden, Invalid
from apps.core.gates import REFUSED, UNMEASURED, Closed, Switch, SwitchKind
from apps.evaluation import run_queue, running
from apps.evaluation.candidates import concerns
from apps.evaluation.golden_sets import golden_sets_complete, questions_asked
from apps.evaluation.models import EvaluationRun, GateDecision, GoldenSet
from apps.evaluation.run_comparison import Comparison, FigurePair, compare
from apps.evaluation.run_queue import Wanted
from apps.evaluation.scoring import NAMES
from apps.evaluation.setups import fingerprint, setup_of
from apps.evaluation.workspace import Progress
from apps.knowledge import access
from apps.knowledge.models import Permission

ALLOWED_FOR = timedelta(hours=24)
MOST_REASON = 2000
State = EvaluationRun.State


@dataclass(frozen=True, slots=True)
class Pair:
    """The two runs that a switch is judged by in one set; None: not there, or out of date."""

    golden_set: GoldenSet
    baseline: EvaluationRun | None
    candidate: EvaluationRun | None

    @property
    def allowed(self) -> float:
        """What may be lost."""
        own = self.golden_set.max_loss
        return config.load().evaluation.max_loss if own is None else own


def gate(switch: Switch, by: Any) -> None:
    """Pass, or raise Closed: `gate_unmeasured`, after having asked for what is missing, or
    `gate_refused`, with what would be lost."""
    pairs = list(pairs_of(switch))
    if not pairs or is_allowed(switch):
        return
    missing = [pair for pair in pairs if pair.baseline is None or pair.candidate is None]
    if missing:
        raise _closed(_unmeasured(missing), UNMEASURED, lambda: _ask_all(missing, switch, by))
    for pair in pairs:
        if pair.baseline is None or pair.candidate is None:
            continue
        compared = compare(pair.baseline, pair.candidate)
        if losses := compared.losses(pair.allowed):
            words = loss_words(losses)
            note = partial(_note_refusal, switch, compared, words, by)
            raise _closed(_refused(pair, words, compared.new), REFUSED, note)


def measure_now(switch: Switch, *, by: User | None, progress: Progress) -> int:
    """Ask here what the gate lacks, for who waits on a terminal; returns how many runs."""
    count = 0
    for pair in pairs_of(switch):
        for run, candidate in ((pair.baseline, {}), (pair.candidate, switch.values)):
            if run is None:
                wanted = Wanted(EvaluationRun.Cause.GATE, by, dict(candidate))
                running.run_now(pair.golden_set, wanted, progress=progress)
                count += 1
    return count


def measure_soon(switch: Switch) -> int:
    """Queue what the gate lacks, so that it knows when it is asked; returns how many sets."""
    missing = [one for one in pairs_of(switch) if one.baseline is None or one.candidate is None]
    _ask_all(missing, switch, None)
    return len(missing)


def pairs_of(switch: Switch) -> Iterator[Pair]:
    """The guarding sets that the switch concerns, with the runs that are true of now."""
    for golden_set in guards():
        place = golden_set.collection
        if concerns(switch.values, collection_id=place.pk, profile=place.profile):
            yield Pair(golden_set, true_run(golden_set, {}), true_run(golden_set, switch.values))


def guards() -> Iterator[GoldenSet]:
    """The sets that block losses, of those with questions enough."""
    golden_sets_complete()
    there = GoldenSet.objects.filter(is_guard=True, collection__deleted_at=None)
    least = config.load().evaluation.gate_questions
    for golden_set in there.select_related("collection").order_by("pk"):
        if questions_asked(golden_set).count() >= least:
            yield golden_set


def switch_allow(*, run: EvaluationRun, reason: str, by: User) -> GateDecision:
    """Let the switch that this run tried pass for a day, whatever it loses. On record with who
    and why. Raises Invalid without a reason or a candidate, Forbidden for who does not manage the
    collection; what concerns more than one collection only superusers allow."""
    if not run.candidate:
        raise Invalid(_("This run tried no switch: there is nothing to allow."))
    if not reason.strip() or len(reason) > MOST_REASON:
        raise Invalid(_("Say in a few words why the loss is accepted."))
    if "collection" in run.candidate:
        access.require(by, Permission.MANAGE, run.golden_set.collection)
    elif not by.is_superuser:
        raise Forbidden(_("Only a superuser allows a switch that concerns every collection."))
    switch = switch_of(run)
    before = GateDecision.objects.filter(candidate=run, is_allowed=False).first()
    return GateDecision.objects.create(
        kind=switch.kind,
        subject=switch.subject,
        is_allowed=True,
        reason=reason.strip(),
        words=before.words if before else "",
        by=by,
        baseline=before.baseline if before else None,
        candidate=run,
    )


def switch_of(run: EvaluationRun) -> Switch:
    """The switch that a run tried."""
    values: dict[str, Any] = run.candidate
    if "generation" in values:
        return Switch(SwitchKind.GENERATION, values)
    if "config" in values:
        return Switch(SwitchKind.CONFIG, values)
    return Switch(SwitchKind.PROFILE if "profile" in values else SwitchKind.MODEL, values)


def loss_words(losses: list[FigurePair]) -> str:
    """What is lost, in points with intervals, worst first."""
    told = _("%(name)s %(points)s points (%(low)s to %(high)s)")
    return "; ".join(
        told
        % {
            "name": NAMES[one.name],
            "points": f"{100 * one.difference.value:+.1f}",
            "low": f"{100 * one.difference.low:+.1f}",
            "high": f"{100 * one.difference.high:+.1f}",
        }
        for one in losses
    )


def true_run(golden_set: GoldenSet, candidate: dict[str, Any]) -> EvaluationRun | None:
    """The newest finished run with the same in force as now, results and all."""
    now = fingerprint(setup_of(golden_set, candidate))
    runs = golden_set.runs.filter(state=State.DONE, fingerprint=now, results__isnull=False)
    found = [one for one in runs.distinct().order_by("-pk")[:20] if one.candidate == candidate]
    return found[0] if found else None


def is_allowed(switch: Switch) -> bool:
    """Whether somebody let it pass within the last day."""
    since = clock.now() - ALLOWED_FOR
    allowed = GateDecision.objects.filter(subject=switch.subject, is_allowed=True)
    return allowed.filter(created_at__gte=since).exists()


def _closed(words: str, code: str, write: Callable[[], None]) -> Closed:
    write()
    return Closed(words, code=code, write=write)


def _ask_all(pairs: Sequence[Pair], switch: Switch, by: Any) -> None:
    for pair in pairs:
        _ask(pair, switch, by)


def _ask(pair: Pair, switch: Switch, by: Any) -> None:
    asker = by if isinstance(by, User) else None
    if pair.baseline is None:
        run_queue.run_ask(pair.golden_set, Wanted(EvaluationRun.Cause.GATE, asker))
    if pair.candidate is None:
        wanted = Wanted(EvaluationRun.Cause.GATE, asker, dict(switch.values))
        run_queue.run_ask(pair.golden_set, wanted)


def _note_refusal(switch: Switch, compared: Comparison, words: str, by: Any) -> None:
    GateDecision.objects.get_or_create(
        subject=switch.subject,
        baseline=compared.old,
        candidate=compared.new,
        is_allowed=False,
        defaults={"kind": switch.kind, "words": words, "by": by if isinstance(by, User) else None},
    )


def _unmeasured(missing: list[Pair]) -> str:
    told = _(
        "What this switch does to answers is measured first, on %(sets)s. It has begun; switch "
        "again when it is done. See: Golden sets."
    )
    return told % {"sets": ", ".join(f"“{one.golden_set}”" for one in missing)}


def _refused(pair: Pair, words: str, run: EvaluationRun) -> str:
    told = _(
        "The golden set “%(set)s” would lose more than %(allowed)s points: %(words)s. See run "
        "%(run)s, where it can be allowed all the same with a reason."
    )
    return told % {
        "set": pair.golden_set,
        "allowed": f"{100 * pair.allowed:g}",
        "words": words,
        "run": run,
    }
