"""How sure a mean over questions is, and the difference of two: by drawing them again.

Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993 (percentile intervals); paired
as in Koehn, EMNLP 2004. The same values give the same figures: the draws are seeded.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

DRAWS = 2000
SEED = 20_261_123
SHARE = 0.95
_AT_ONCE = 4_000_000  # drawn numbers held in memory


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean of `n` values, and where it lies in 95 of 100 draws."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What the second of two runs has more (less: negative), question by question.

    `won`, `lost`, `same`: questions.
    """

    value: float
    low: float
    high: float
    n: int
    won: int
    lost: int
    same: int

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out "no difference"."""
        return self.low > 0 or self.high < 0


def estimate(values: Sequence[float]) -> Estimate | None:
    """The mean of the values with its interval; None without values."""
    if not values:
        return None
    means = _means(np.asarray(values, dtype=np.float64))
    low, high = _interval(means)
    return Estimate(float(np.mean(values)), low, high, len(values))


def difference(old: Sequence[float], new: Sequence[float]) -> Difference | None:
    """Of the same questions in the same order; None without any. Raises ValueError otherwise."""
    if len(old) != len(new):
        raise ValueError("Two runs are compared on the same questions.")
    if not old:
        return None
    changes = np.asarray(new, dtype=np.float64) - np.asarray(old, dtype=np.float64)
    means = _means(changes)
    low, high = _interval(means)
    won, lost = int((changes > 1e-9).sum()), int((changes < -1e-9).sum())
    count = len(changes)
    return Difference(float(changes.mean()), low, high, count, won, lost, count - won - lost)


def _means(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    random = np.random.default_rng(SEED)
    step = max(1, _AT_ONCE // len(values))
    parts = [
        values[random.integers(0, len(values), (min(step, DRAWS - start), len(values)))].mean(1)
        for start in range(0, DRAWS, step)
    ]
    return np.concatenate(parts)


def _interval(means: npt.NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.quantile(means, [(1 - SHARE) / 2, (1 + SHARE) / 2])
    return float(low), float(high)
