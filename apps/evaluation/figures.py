"""The figures of an evaluation, made from what search and asking did with each question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from apps.evaluation import metrics
from apps.evaluation.golden_set import GoldQuestion
from apps.generation.answers import Answer

KEYS = (
    "recall_at_1",
    "recall_at_5",
    "recall_at_10",
    "mrr",
    "em",
    "f1",
    "answered",
    "not_found_rate",
    "search_p50_ms",
    "search_p95_ms",
    "ask_p50_ms",
    "ask_p95_ms",
    "queries",
)


@dataclass(frozen=True, slots=True)
class Found:
    """What search did with one question."""

    ranked: list[str]  # paths of passages, each once, best first
    ms: float
    before: list[str] = field(default_factory=list)  # the same before they were read
    legs: Mapping[str, list[str]] = field(default_factory=dict)  # the same by each leg alone


@dataclass(frozen=True, slots=True)
class Asked:
    """What asking did with one question."""

    answer: Answer
    ms: float


def retrieval_figures(
    questions: Sequence[GoldQuestion], found: Sequence[Found]
) -> dict[str, float]:
    """Recall (share of questions with any relevant passage among the first k), mrr and times."""
    pairs = [(seen.ranked, gold.relevant) for gold, seen in zip(questions, found, strict=True)]
    mrr = metrics.mean([metrics.reciprocal_rank(*pair) for pair in pairs])
    return _recall(pairs) | {"mrr": mrr} | _times("search", [seen.ms for seen in found])


def unread_figures(questions: Sequence[GoldQuestion], found: Sequence[Found]) -> dict[str, float]:
    """Recall before the passages were read, as `before_reading_recall_at_1` and so on."""
    pairs = [(seen.before, gold.relevant) for gold, seen in zip(questions, found, strict=True)]
    return {f"before_reading_{name}": value for name, value in _recall(pairs).items()}


def leg_figures(questions: Sequence[GoldQuestion], found: Sequence[Found]) -> dict[str, float]:
    """Recall of each leg alone, as `<leg>_recall_at_1` and so on.

    A leg's own order is known of the hits that were found, so of a passage that fusion put beyond
    the searched depth it is not.
    """
    figures: dict[str, float] = {}
    for leg in sorted({leg for seen in found for leg in seen.legs}):
        pairs = [
            (seen.legs.get(leg, []), gold.relevant)
            for gold, seen in zip(questions, found, strict=True)
        ]
        figures |= {f"{leg}_{name}": value for name, value in _recall(pairs).items()}
    return figures


def answer_figures(questions: Sequence[GoldQuestion], asked: Sequence[Asked]) -> dict[str, float]:
    """em and f1 over the questions that have gold answers (0 when unanswered), answered, times.

    answer_accuracy, over the same questions: a gold answer stands in the answer as it is shown,
    and a right source is cited.
    """
    answerable = [
        (given.answer, gold) for gold, given in zip(questions, asked, strict=True) if gold.answers
    ]
    pairs = [(given, gold.answers) for given, gold in answerable]
    return {
        "em": metrics.mean([_score(metrics.exact_match, *pair) for pair in pairs]),
        "f1": metrics.mean([_score(metrics.f1, *pair) for pair in pairs]),
        "answer_accuracy": metrics.mean([_is_right(*pair) for pair in answerable]),
        "answered": metrics.mean([given.answer.is_answered for given in asked]),
    } | _times("ask", [given.ms for given in asked])


def refusal_rate(asked: Sequence[Asked]) -> float:
    """Share of the questions that got no answer."""
    return metrics.mean([not given.answer.is_answered for given in asked])


def confidence_auc(answerable: Sequence[Asked], others: Sequence[Asked]) -> float:
    """How likely a question that can be answered gets more confidence than one that cannot."""
    return metrics.area_under_curve(
        [one.answer.confidence for one in answerable], [one.answer.confidence for one in others]
    )


def as_report(figures: dict[str, float]) -> dict[str, float]:
    """The figures rounded for reading, KEYS first, in their order. Raises KeyError if one lacks."""
    ordered = {key: figures[key] for key in KEYS} | figures
    return {key: _rounded(key, value) for key, value in ordered.items()}


def _recall(pairs: Sequence[tuple[Sequence[str], frozenset[str]]]) -> dict[str, float]:
    return {
        f"recall_at_{k}": metrics.mean([metrics.is_recalled(*pair, k=k) for pair in pairs])
        for k in (1, 5, 10)
    }


def _score(metric: metrics.Metric, given: Answer, answers: Sequence[str]) -> float:
    return metric(given.short_answer or given.text, answers) if given.is_answered else 0.0


def _is_right(given: Answer, gold: GoldQuestion) -> bool:
    return (
        given.is_answered
        and any(metrics.contains(given.text, answer) for answer in gold.answers)
        and any(citation.path in gold.relevant for citation in given.citations)
    )


def _times(name: str, values_ms: Sequence[float]) -> dict[str, float]:
    return {
        f"{name}_p50_ms": metrics.percentile(values_ms, 0.50),
        f"{name}_p95_ms": metrics.percentile(values_ms, 0.95),
    }


def _rounded(key: str, value: float) -> float:
    if isinstance(value, int):
        return value
    return round(value, 2 if key.endswith(("_ms", "_s")) else 4)
