"""The figures of a run, whole and by slice, each with its interval."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from apps.evaluation import metrics
from apps.evaluation.bootstrap import estimate
from apps.evaluation.models import EvaluationResult
from apps.evaluation.scoring import NAMES

Figures = dict[str, dict[str, float]]
LEAST_IN_SLICE = 2
TIMES = "ask_p50_ms"


def figures_of(results: Sequence[EvaluationResult]) -> Figures:
    """{name: {value, low, high, n}} over the questions that a figure means something for."""
    found: Figures = {}
    for name in NAMES:
        values = [one.scores[name] for one in results if name in one.scores]
        if told := estimate(values):
            found[name] = _rounded(asdict(told))
    if results:
        half = metrics.percentile([one.ms for one in results], 0.5)
        found[TIMES] = {"value": round(half, 1), "n": len(results)}
    return found


def slices_of(results: Iterable[EvaluationResult]) -> dict[str, Figures]:
    """The same for each slice with at least two questions, and not for all of them, by name."""
    by_slice: defaultdict[str, list[EvaluationResult]] = defaultdict(list)
    everything = list(results)
    for result in everything:
        for name in result.slices:
            by_slice[name].append(result)
    return {
        name: figures_of(some)
        for name, some in sorted(by_slice.items())
        if LEAST_IN_SLICE <= len(some) < len(everything)
    }


def _rounded(told: Mapping[str, Any]) -> dict[str, float]:
    return {key: round(value, 4) for key, value in told.items()}
