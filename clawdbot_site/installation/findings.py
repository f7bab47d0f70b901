"""One check of `clawdbot doctor`: what was found, and what to do about it."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """How a finding stands: HINT is worth a look, with FIX something does not work."""

    OK = "ok"
    HINT = "hint"
    FIX = "fix"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check saw. `remedy` is empty when all is well; not urgent: it works all the same."""

    check: str
    seen: str
    remedy: str = ""
    is_urgent: bool = True

    @property
    def is_fine(self) -> bool:
        """Nothing to do."""
        return not self.remedy

    @property
    def level(self) -> Level:
        """In one word."""
        if not self.remedy:
            return Level.OK
        return Level.FIX if self.is_urgent else Level.HINT

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return asdict(self) | {"level": str(self.level)}
