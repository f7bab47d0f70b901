"""What a request tells of itself while it is answered: times by stage, tokens, what became of it.

Whoever works for a request tells its meter through the functions here; outside of requests they do
nothing. apps.ops.ledger opens a meter for each request, and writes down what it was told.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Surface(StrEnum):
    """Which door a request came through."""

    PORTAL = "portal"
    API = "api"
    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    OLLAMA = "ollama"
    WIDGET = "widget"
    ADMIN = "admin"


class Kind(StrEnum):
    """What was wanted."""

    ASK = "ask"  # a question to documents
    SEARCH = "search"
    CHAT = "chat"  # a plain language model
    EMBEDDINGS = "embeddings"
    RERANK = "rerank"
    UPLOAD = "upload"
    OPEN = "open"  # a document, its pages, its passages, or a list of documents
    OTHER = "other"


class Outcome(StrEnum):
    """What became of it."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"  # not in the documents, said honestly
    DONE = "done"  # what is no question succeeded
    REFUSED = "refused"  # limits, overload, not valid
    DENIED = "denied"  # not signed in, no right to it
    FAILED = "failed"
    CANCELLED = "cancelled"  # the client left


class Stage(StrEnum):
    """The parts of a request's time."""

    QUEUE = "queue"
    EMBED = "embed"
    DENSE = "dense"
    LEXICAL = "lexical"
    FUSE = "fuse"
    READ = "read"
    GENERATE = "generate"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a stage's time; seconds of time.perf_counter()."""

    stage: Stage
    begun_at: float
    ended_at: float


@dataclass(slots=True)
class Tokens:
    """Of a language model: read, those of them that it knew already, written."""

    read: int = 0
    cached: int = 0
    written: int = 0


@dataclass(slots=True)
class Meter:
    """All that is known of one request so far. Told by the thread that works for it."""

    begun_at: float = field(default_factory=time.perf_counter)
    spans: list[Span] = field(default_factory=list)
    tokens: Tokens = field(default_factory=Tokens)
    first_token_at: float | None = None
    outcome: Outcome | None = None
    kind: Kind | None = None  # where the address alone does not tell
    status: int = 0  # of the error that was told; 0: none was
    code: str = ""
    engine: str = ""
    model: str = ""
    generation: int = 0  # of the index
    trace: UUID | None = None
    collection: UUID | None = None
    is_injection: bool = False
    up: int = 0  # thumbs given, taken back: negative
    down: int = 0

    def ms(self, stage: Stage) -> float | None:
        """What the stage took in all; None: there was none of it."""
        spent = [span.ended_at - span.begun_at for span in self.spans if span.stage == stage]
        return 1000 * sum(spent) if spent else None


Detector = Callable[[str], bool]
_current: ContextVar[Meter | None] = ContextVar("meter", default=None)
_detectors: list[Detector] = []


def open_meter() -> Meter:
    """A meter for what this thread does from now on, and what it starts with its context."""
    meter = Meter()
    _current.set(meter)
    return meter


def close_meter() -> None:
    """What this thread does next belongs to no request."""
    _current.set(None)


def current() -> Meter | None:
    """The meter of the request that is worked for; None outside of requests."""
    return _current.get()


def detect_injections_with(detector: Detector) -> None:
    """Have each question looked at by `detector`: whether it tells the machine to break its rules.

    Called when apps load. It must be quick, keep nothing and never raise.
    """
    if detector not in _detectors:
        _detectors.append(detector)


def asked(text: str) -> None:
    """This is asked. The text is looked at, not kept."""
    if (meter := _current.get()) is not None:
        meter.is_injection = meter.is_injection or any(one(text) for one in _detectors)


@contextmanager
def timing(stage: Stage) -> Iterator[None]:
    """The block is of this stage."""
    meter, begun_at = _current.get(), time.perf_counter()
    try:
        yield
    finally:
        if meter is not None:
            meter.spans.append(Span(stage, begun_at, time.perf_counter()))


def told(*, status: int, code: str) -> None:
    """It ends with this error."""
    if (meter := _current.get()) is not None:
        meter.status, meter.code = status, code


def answered(is_answered: bool, trace: UUID) -> None:
    """A question has got its answer, or that there is none; `trace` tells how."""
    if (meter := _current.get()) is not None:
        meter.outcome = Outcome.ANSWERED if is_answered else Outcome.NOT_FOUND
        meter.trace = trace


def spent(*, read: int = 0, cached: int = 0, written: int = 0) -> None:
    """A language model read and wrote so many tokens more."""
    if (meter := _current.get()) is not None:
        tokens = meter.tokens
        meter.tokens = Tokens(tokens.read + read, tokens.cached + cached, tokens.written + written)


def spoke() -> None:
    """A piece of the answer goes out; the first one counts."""
    if (meter := _current.get()) is not None and meter.first_token_at is None:
        meter.first_token_at = time.perf_counter()


def thumbs(*, up: int = 0, down: int = 0) -> None:
    """A verdict on an answer was given (1) or taken back (-1)."""
    if (meter := _current.get()) is not None:
        meter.up, meter.down = meter.up + up, meter.down + down
