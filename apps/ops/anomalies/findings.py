"""What a rule found, before it is written down."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from apps.ops.anomalies.kinds import Rule, Severity

AGAIN_AFTER_S = 86_400  # quiet for so long and seen again: told again


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
