"""A conversation as it reached us, whatever protocol brought it, and what comes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from apps.generation.answers import Answer
from apps.generation.upstream import ChatOptions, Usage


class Role(StrEnum):
    """Who speaks."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"  # results of tools, in histories of agents


class Tools(StrEnum):
    """What a request says of tools. We call none."""

    NONE = "none"
    OFFERED = "offered"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Turn:
    """One message."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the model named so. `prompt`: a text to go on from, instead of `turns`."""

    model: str
    turns: Sequence[Turn]
    options: ChatOptions = field(default_factory=ChatOptions)
    tools: Tools = Tools.NONE
    profile: str = ""
    prompt: str | None = None

    @property
    def texts(self) -> list[str]:
        """Everything that was said."""
        return [turn.text for turn in self.turns] if self.prompt is None else [self.prompt]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing yet: `position` others go first, which takes about `wait_s` seconds."""

    position: int
    wait_s: float


@dataclass(frozen=True, slots=True)
class Piece:
    """The next text of the reply."""

    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The last event. `answer`: where the reply comes from documents, all that is known of it."""

    finish_reason: str  # "stop" or "length"
    usage: Usage
    timings: Mapping[str, float] = field(default_factory=dict)
    answer: Answer | None = None


Event = Waiting | Piece | Ended


@dataclass(frozen=True, slots=True)
class Reply:
    """The whole of it, in one piece."""

    text: str
    ended: Ended
