"""What goes to an OpenAI-compatible server, and what comes back from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

Message = Mapping[str, Any]  # {"role": "system" | "user" | "assistant", "content": text}


@dataclass(frozen=True, slots=True)
class Target:
    """A model at an address. `url` ends where `/chat/completions` begins, so mostly in `/v1`."""

    url: str
    model: str
    key: str = field(default="", repr=False)
    is_remote: bool = False  # outside the building: only what is allowed to leave goes there
    sha256: str = ""  # of its weights, where known
    context: int = 0  # tokens that a prompt and its answer may have; 0: not known

    @property
    def host(self) -> str:
        """Name and port, as people are told it."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def root(self) -> str:
        """The server's own address, without `/v1`."""
        return self.url.removesuffix("/v1")


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """How to write. None leaves it to the server; `extra`: more fields of the request's body."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    first_token_s: float | None = None  # instead of engines.first_token_s
    timeout_s: float | None = None  # instead of engines.timeout_s
    attempts: int | None = None  # instead of engines.attempts
    asker: str = ""  # who chose the whole prompt; empty: we put it together


@dataclass(frozen=True, slots=True)
class ChatPiece:
    """The next text."""

    text: str


@dataclass(frozen=True, slots=True)
class ChatQueued:
    """Nothing yet: `position` others go first, which takes about `wait_s` seconds."""

    position: int
    wait_s: float


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens, as the server counted them; `cached` are part of `prompt`."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True)
class ChatDone:
    """The last event. `finish_reason` as OpenAI names it: `stop`, `length`, ..."""

    finish_reason: str
    usage: Usage = field(default_factory=Usage)
    timings: Mapping[str, float] = field(default_factory=dict)
    model: str = ""  # as the server names it


ChatEvent = ChatPiece | ChatQueued | ChatDone


@dataclass(frozen=True, slots=True)
class Embedded:
    """One vector for each text, in given order."""

    vectors: Sequence[Sequence[float]]
    prompt_tokens: int
