"""What everything that runs processes can be asked."""

from enum import StrEnum
from typing import Protocol


class Part(StrEnum):
    """What there can be more of."""

    WORKERS = "worker-parse"  # they read files
    WEB = "web"


class Scaler(Protocol):
    """One of the three that run processes."""

    def scale(self, part: Part, count: int) -> str:
        """Bring it to `count`. Safe to repeat. Returns one line for people: what was done.

        Raises Conflict with what to do where it cannot be done here.
        """
        ...
