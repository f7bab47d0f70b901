"""What a probe finds at each stage."""

from dataclasses import dataclass, field
from enum import StrEnum


class Stage(StrEnum):
    """The stages of a question's way, in their order."""

    RIGHTS = "rights"
    STATUS = "status"
    TEXT = "text"
    INDEX = "index"
    MEANING = "meaning"
    WORDS = "words"
    FUSED = "fused"
    READER = "reader"
    ANSWER = "answer"


class Fate(StrEnum):
    """What became of the document at a stage."""

    PASSED = "passed"
    WEAK = "weak"  # it was not found here, but may be elsewhere; or it is not the best
    FELL = "fell"
    SKIPPED = "skipped"  # the stage was not asked


@dataclass(frozen=True, slots=True)
class Step:
    """A stage with what was found, in words, and what may be done about it."""

    stage: Stage
    fate: Fate
    words: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """All stages that were looked at. `fell_at`: the first at which it was lost; None: it is used.

    `rank`: its place among the passages that the answer is made of, 0 when it is not among them.
    """

    steps: list[Step] = field(default_factory=list)
    rank: int = 0

    @property
    def fell_at(self) -> Step | None:
        """The stage that decides."""
        return next((step for step in self.steps if step.fate is Fate.FELL), None)
