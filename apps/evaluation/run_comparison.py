"""Two runs side by side: figures on the questions that both asked, questions won and lost."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from apps.evaluation.bootstrap import Difference, difference
from apps.evaluation.models import EvaluationResult, EvaluationRun
from apps.evaluation.scoring import JUDGED, NAMES

_ALIKE = 1e-9


class Change(StrEnum):
    """What the second run made of a question."""

    WON = "won"
    LOST = "lost"
    MIXED = "mixed"  # better in one figure, worse in another
    SAME = "same"


@dataclass(frozen=True, slots=True)
class FigurePair:
    """A figure in both runs, over the questions that have it in both."""

    name: str
    old: float
    new: float
    difference: Difference


@dataclass(frozen=True, slots=True)
class QuestionPair:
    """What both runs made of a question. `moves`: (figure, old, new) where they differ."""

    old: EvaluationResult
    new: EvaluationResult
    change: Change
    moves: Sequence[tuple[str, float, float]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`pairs`: questions that both asked, worst first. `only_old`, `only_new`: counts of others."""

    old: EvaluationRun
    new: EvaluationRun
    figures: Sequence[FigurePair]
    pairs: Sequence[QuestionPair]
    only_old: int
    only_new: int

    @property
    def counts(self) -> dict[str, int]:
        """How many questions were won, lost, mixed, the same."""
        return {one.value: sum(pair.change is one for pair in self.pairs) for one in Change}

    def losses(self, allowed: float) -> list[FigurePair]:
        """The judged figures that the new run loses more of than is allowed, worst first."""
        lost = [one for one in self.figures if one.name in JUDGED]
        lost = [one for one in lost if is_loss(one.difference.value, allowed)]
        return sorted(lost, key=lambda one: one.difference.value)


def compare(old: EvaluationRun, new: EvaluationRun) -> Comparison:
    """Compare the results that both still have. Two queries."""
    ours, theirs = _by_question(old), _by_question(new)
    both = [key for key in ours if key in theirs]
    pairs = [_pair(ours[key], theirs[key]) for key in both]
    return Comparison(
        old=old,
        new=new,
        figures=_figures(pairs),
        pairs=sorted(pairs, key=_worst_first),
        only_old=len(ours) - len(both),
        only_new=len(theirs) - len(both),
    )


def mean_losses(pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], float]:
    """What the second of each two runs (keys) loses most of a judged figure; at least 0.

    As `Comparison.losses` without intervals and words. One query for any number of pairs.
    """
    keys = {key for pair in pairs for key in pair}
    scores: dict[int, dict[int, Mapping[str, float]]] = {key: {} for key in keys}
    rows = EvaluationResult.objects.filter(run__in=keys).order_by()
    for run, question, told in rows.values_list("run_id", "question_id", "scores"):
        scores[run][question] = told
    return {(old, new): _most_lost(scores[old], scores[new]) for old, new in pairs}


def is_loss(value: float, allowed: float) -> bool:
    """Whether a difference is a loss of more than is allowed."""
    return value < -allowed - _ALIKE


def _most_lost(
    old: Mapping[int, Mapping[str, float]], new: Mapping[int, Mapping[str, float]]
) -> float:
    both = [(old[key], new[key]) for key in old if key in new]
    losses = [0.0]
    for name in JUDGED:
        moved = [one[name] - two[name] for one, two in both if name in one and name in two]
        losses.append(sum(moved) / len(moved) if moved else 0.0)
    return max(losses)


def _by_question(run: EvaluationRun) -> dict[int, EvaluationResult]:
    results = run.results.select_related("question").prefetch_related(
        "cited", "question__documents"
    )
    return {one.question_id: one for one in results.order_by("question_id")}


def _figures(pairs: Iterable[QuestionPair]) -> list[FigurePair]:
    found = []
    scores = [(pair.old.scores, pair.new.scores) for pair in pairs]
    for name in NAMES:
        values = [(old[name], new[name]) for old, new in scores if name in old and name in new]
        old_values, new_values = [old for old, _ in values], [new for _, new in values]
        if told := difference(old_values, new_values):
            count = len(values)
            found.append(FigurePair(name, sum(old_values) / count, sum(new_values) / count, told))
    return found


def _pair(old: EvaluationResult, new: EvaluationResult) -> QuestionPair:
    moves = [
        (name, old.scores[name], new.scores[name])
        for name in NAMES
        if name in old.scores and name in new.scores and _differs(old.scores, new.scores, name)
    ]
    return QuestionPair(old, new, _change(moves), moves)


def _differs(old: Mapping[str, float], new: Mapping[str, float], name: str) -> bool:
    return abs(old[name] - new[name]) > _ALIKE


def _change(moves: Sequence[tuple[str, float, float]]) -> Change:
    is_up = any(new > old for _, old, new in moves)
    is_down = any(new < old for _, old, new in moves)
    if is_up and is_down:
        return Change.MIXED
    if is_up or is_down:
        return Change.WON if is_up else Change.LOST
    return Change.SAME


_ORDER = [Change.LOST, Change.MIXED, Change.WON, Change.SAME]


def _worst_first(pair: QuestionPair) -> tuple[int, float]:
    return _ORDER.index(pair.change), sum(new - old for _, old, new in pair.moves)
