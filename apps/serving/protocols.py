"""What crosses between the model server's parts: requests, events, the batcher that serves them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are chosen. `temperature` 0: the likeliest token, whatever the rest says."""

    temperature: float = 0.7
    top_p: float = 0.95
    top_k: int = 40  # 0: no limit
    min_p: float = 0.0
    repeat_penalty: float = 1.0
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    seed: int | None = None  # None: another one each time
    grammar: str = ""  # GBNF; empty: none


@dataclass(frozen=True, slots=True)
class Request:
    """A prompt to go on from. `stop`: texts that end the answer and are not part of it."""

    tokens: Sequence[int]
    max_tokens: int
    sampling: Sampling = field(default_factory=Sampling)
    stop: tuple[str, ...] = ()
    speculate: bool = True  # copy runs of tokens out of the prompt where they are likely
    cache_key: str = ""  # beginnings are shared with requests of the same key only


class FinishReason(StrEnum):
    """Why an answer ended."""

    STOP = "stop"  # end of turn, or a stop text
    LENGTH = "length"  # max_tokens, or the end of the context
    CANCELLED = "cancelled"
    ERROR = "error"
    IMPOSSIBLE = "impossible"  # what was asked for cannot be written: the caller's own grammar


@dataclass(frozen=True, slots=True)
class Piece:
    """The next text of the answer (whole characters), and how many tokens made it."""

    text: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event of a request."""

    reason: FinishReason
    prompt_tokens: int
    cached_tokens: int  # of the prompt, not computed again
    completion_tokens: int
    accepted_tokens: int = 0  # of the completion, guessed by looking them up in the prompt
    queued_s: float = 0.0
    prompt_s: float = 0.0
    total_s: float = 0.0
    message: str = ""  # of an error


Event = Piece | Finished
Deliver = Callable[[Event], None]


class QueueFull(Exception):
    """Nobody more may wait. `retry_after_s`: when trying again may help."""

    def __init__(self, waiting: int, retry_after_s: float) -> None:
        super().__init__(f"{waiting} requests wait already")
        self.waiting, self.retry_after_s = waiting, retry_after_s


class ContextTooLong(Exception):
    """The prompt and one token do not fit into a sequence's context."""

    def __init__(self, tokens: int, context: int) -> None:
        super().__init__(f"The prompt has {tokens} tokens; a sequence holds {context}.")
        self.tokens, self.context = tokens, context


class Ticket(Protocol):
    """A request that was taken on."""

    @property
    def position(self) -> int:
        """How many requests go before it; 0: it is being worked on."""

    @property
    def estimated_wait_s(self) -> float:
        """Seconds until its turn, as far as can be told; 0: it is being worked on."""

    def cancel(self) -> None:
        """Nobody listens any more: its place is free before the next step. Safe to repeat."""


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """The figures behind /metrics and /healthz."""

    model: str
    context: int  # tokens of one sequence
    parallel: int
    running: int
    waiting: int
    counters: Mapping[str, float]  # monotonic: prompt_tokens, cached_tokens, completion_tokens, ...


class Batcher(Protocol):
    """Serves many requests over one model. Thread-safe; one thread of its own computes."""

    def submit(self, request: Request, deliver: Deliver) -> Ticket:
        """Take a request on. `deliver` is called from the batcher's thread, must not block, and
        gets Pieces and then exactly one Finished, whatever happens.

        Raises QueueFull, ContextTooLong, ValueError (a grammar that is none, an empty prompt).
        """

    def tokenize(self, text: str, *, add_special: bool, parse_special: bool) -> list[int]:
        """Token ids of `text`."""

    def detokenize(self, tokens: Sequence[int]) -> str:
        """Text of the tokens; what is no UTF-8 becomes U+FFFD."""

    def embed(self, texts: Sequence[Sequence[int]]) -> list[list[float]]:
        """Unit-length vectors of token sequences. Raises ValueError: the model makes none."""

    @property
    def chat_template(self) -> str:
        """Jinja source from the file's metadata; empty: none."""

    @property
    def special_texts(self) -> Mapping[str, str]:
        """`bos_token`, `eos_token` as text, for templates."""

    @property
    def control_texts(self) -> frozenset[str]:
        """Texts of the vocabulary's control tokens, like `<|im_end|>`: what the text of a message
        must not be taken for."""

    def status(self) -> ServerStatus:
        """Now."""

    def close(self) -> None:
        """End every request (CANCELLED) and free the model. Safe to repeat."""
