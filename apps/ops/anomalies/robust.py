"""Statistics that a few strange values do not move, and how surprising a count is."""

import math
from collections.abc import Sequence
from statistics import median

NORMAL = 1.4826  # times the MAD is the standard deviation, where values are normal


def spread(values: Sequence[float]) -> float:
    """The median absolute deviation, scaled to a standard deviation; 0 without values.

    Source: Hampel, The influence curve and its role in robust estimation, JASA 1974.
    """
    if not values:
        return 0.0
    middle = median(values)
    return NORMAL * median([abs(value - middle) for value in values])


def highest_usual(values: Sequence[float], *, deviations: float) -> float:
    """The median and so many deviations above it; 0 without values."""
    return median(values) + deviations * spread(values) if values else 0.0


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of the values does not pass; 0 without values."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return float(ordered[min(len(ordered) - 1, int(share * len(ordered)))])


def surprise(seen: float, among: float, expected_share: float) -> float:
    """How hard it is to see so many by chance, as -log of a bound of the probability; 0 when no
    more than expected was seen.

    Source: Chernoff, A measure of asymptotic efficiency, Annals of Mathematical Statistics 1952.
    """
    if among <= 0:
        return 0.0
    share, p = min(1.0, seen / among), min(max(expected_share, 1e-6), 1 - 1e-6)
    if share <= p:
        return 0.0
    other = (1 - share) * math.log((1 - share) / (1 - p)) if share < 1 else 0.0
    return among * (share * math.log(share / p) + other)


def surprise_of_count(seen: float, expected: float) -> float:
    """The same for a count in a time, where `expected` is usual (Poisson)."""
    expected = max(expected, 1e-6)
    if seen <= expected:
        return 0.0
    return seen * math.log(seen / expected) - seen + expected


def unevenness(gaps: Sequence[float]) -> float:
    """How uneven a pace is: the spread of the gaps as a share of their median. A timer with little
    noise is near 0, people are near 1 and above."""
    middle = median(gaps) if gaps else 0.0
    return spread(gaps) / middle if middle > 0 else math.inf
