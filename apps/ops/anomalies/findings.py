"""What a rule found, before it is written down."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from apps.ops.anomalies.kinds import Rule, Severity

# Quiet for so long and seen again: told again. What everybody meets is soon another trouble.
AGAIN_AFTER_S, AGAIN_FOR_ALL_S = 86_400, 3 * 3600


def again_after_s(subject: str) -> float:
    """How long it must have been quiet about the subject."""
    return AGAIN_FOR_ALL_S if subject.startswith("all:") else AGAIN_AFTER_S


@dataclass(frozen=True, slots=True)
class Finding:
    """Something unusual at `at`, seconds since 1970.

    `figures`: what was seen and what is usual, by the names that `wording` has sentences for.
    `minutes`: what was counted in each of the last minutes, oldest first; empty: nothing to draw.
    """

    rule: Rule
    severity: Severity
    subject: str
    at: float
    figures: dict[str, float | str]
    minutes: Sequence[int] = field(default=())
    since: float = 0.0  # when it was found first, where several are told as one
    times: int = 1
