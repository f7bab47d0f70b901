"""A linear model that picks one of several candidates, fitted by softmax over each group.

Conditional logit: McFadden, 1974. Where several candidates of a group are right, their summed
probability is raised.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(slots=True)
class Groups:
    """Candidates with named features, kept as one sparse matrix; add group by group."""

    names: dict[str, int] = field(default_factory=dict)
    columns: "array[int]" = field(default_factory=lambda: array("i"))
    values: "array[float]" = field(default_factory=lambda: array("f"))
    row_ends: "array[int]" = field(default_factory=lambda: array("i", [0]))
    is_right: list[bool] = field(default_factory=list)
    group_ends: list[int] = field(default_factory=lambda: [0])

    def add(self, candidates: Iterable[tuple[Mapping[str, float], bool]]) -> None:
        """One group: each candidate's features and whether it is right; one at least must be."""
        for features, is_right in candidates:
            for name, value in features.items():
                self.columns.append(self.names.setdefault(name, len(self.names)))
                self.values.append(value)
            self.row_ends.append(len(self.columns))
            self.is_right.append(is_right)
        self.group_ends.append(len(self.is_right))


def fit(groups: Groups, *, l2: float, least_count: int = 1, steps: int = 150) -> dict[str, float]:
    """Weights by feature name (Adam, full batches, deterministic); rarer features are left out."""
    columns = np.frombuffer(groups.columns, np.int32)
    values = np.frombuffer(groups.values, np.float32)
    row_ends = np.frombuffer(groups.row_ends, np.int32)
    rows = np.repeat(np.arange(len(row_ends) - 1), np.diff(row_ends))
    starts = np.array(groups.group_ends[:-1])
    group = np.repeat(np.arange(len(starts)), np.diff(groups.group_ends))
    right = np.array(groups.is_right, dtype=np.float64)
    counts = Counter(groups.columns)
    kept = np.array([counts[i] >= least_count for i in range(len(groups.names))], dtype=float)
    weights = np.zeros(len(groups.names))
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, steps + 1):
        scores = np.bincount(rows, values * weights[columns], minlength=len(right))
        wanted, given = _posteriors(scores, right, starts, group)
        slope = np.bincount(columns, values * (given - wanted)[rows], minlength=len(weights))
        slope = kept * (slope / len(starts) + l2 * weights)
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope * slope
        adjusted = np.sqrt(square / (1 - 0.999**step)) + 1e-8
        weights -= 0.1 * (mean / (1 - 0.9**step)) / adjusted
    return {name: round(float(weights[i]), 4) for name, i in groups.names.items() if kept[i]}


def _posteriors(
    scores: Floats, right: Floats, starts: npt.NDArray[np.int64], group: npt.NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Probabilities among the right candidates of each group, and among all of them."""
    raised = np.exp(scores - np.maximum.reduceat(scores, starts)[group])
    correct = raised * right
    return (
        correct / (np.add.reduceat(correct, starts)[group] + 1e-300),
        raised / np.add.reduceat(raised, starts)[group],
    )
