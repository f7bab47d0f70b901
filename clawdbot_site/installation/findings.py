"""One check of `clawdbot doctor`: what was found, and what to do about it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check saw. `remedy` is empty when all is well."""

    check: str
    seen: str
    remedy: str = ""

    @property
    def is_fine(self) -> bool:
        """Nothing to do."""
        return not self.remedy
