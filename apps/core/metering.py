"""What a request tells of itself while it is answered: times by stage, tokens, what became of it.

Whoever works for a request tells its meter through the functions here; outside of requests they do
nothing. apps.ops.ledger opens a meter for each request, and writes down what it was told.
"""

import time
from collections.abc import Iterator
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
    CLI = "cli"  # clawdbot ask


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


_STAGES = frozenset(map(str, Stage))


@dataclass(slots=True)
class Spent:
    """A stage's time: when its first part began and its last ended (seconds of perf_counter), and
    how long its parts took together."""

    begun_at: float
    ended_at: float
    seconds: float = 0.0


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
    stages: dict[Stage, Spent] = field(default_factory=dict)
    tokens: Tokens = field(default_factory=Tokens)
    first_token_at: float | None = None
    outcome: Outcome | None = None
    kind: Kind | None = None  # where the address alone does not tell
    status: int = 0  # of the error that was told; 0: none was
    code: str = ""
    engine: str = ""
    model: str = ""  # its name, or its SHA-256
    generation: int = 0  # of the index
    trace: UUID | None = None
    collection: UUID | None = None
    is_injection: bool = False
    up: int = 0  # thumbs given, taken back: negative
    down: int = 0

    def ms(self, stage: Stage) -> float | None:
        """What the stage took in all; None: there was none of it."""
        spent = self.stages.get(stage)
        return None if spent is None else 1000 * spent.seconds

    def note(self, stage: Stage, begun_at: float, ended_at: float) -> None:
        """Another part of the stage lasted so long."""
        spent = self.stages.setdefault(stage, Spent(begun_at, ended_at))
        spent.ended_at = ended_at
        spent.seconds += ended_at - begun_at


_current: ContextVar[Meter | None] = ContextVar("meter", default=None)


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


def asked(text: str) -> None:
    """This is asked. The text is looked at, not kept."""
    if (meter := _current.get()) is not None and not meter.is_injection:
        from apps.core import injection  # its patterns take a while to make

        meter.is_injection = injection.is_injection(text)


def kind_is(kind: Kind) -> None:
    """It is of this kind, whatever the address says."""
    if (meter := _current.get()) is not None:
        meter.kind = kind


def about(collection: UUID) -> None:
    """It is about this collection alone."""
    if (meter := _current.get()) is not None:
        meter.collection = collection


def noted(stage: str, begun_at: float, ended_at: float) -> None:
    """A part of a stage's time; a name that is no Stage is passed over."""
    if (meter := _current.get()) is not None and stage in _STAGES:
        meter.note(Stage(stage), begun_at, ended_at)


@contextmanager
def timing(stage: Stage) -> Iterator[None]:
    """The block is of this stage."""
    begun_at = time.perf_counter()
    try:
        yield
    finally:
        noted(stage, begun_at, time.perf_counter())


def told(*, status: int, code: str) -> None:
    """It ends with this error."""
    if (meter := _current.get()) is not None:
        meter.status, meter.code = status, code


def left() -> None:
    """The client is gone."""
    if (meter := _current.get()) is not None:
        meter.outcome = Outcome.CANCELLED


def traced(trace: UUID, *, generation: int) -> None:
    """How it was found is told by this trace, in this generation of the index."""
    if (meter := _current.get()) is not None:
        meter.trace, meter.generation = trace, generation


def answered(is_answered: bool) -> None:
    """A question has got its answer, or that there is none."""
    if (meter := _current.get()) is not None:
        meter.outcome = Outcome.ANSWERED if is_answered else Outcome.NOT_FOUND


def written_by(engine: str, model: str) -> None:
    """Who writes the answer; `model`: a name, or a SHA-256."""
    if (meter := _current.get()) is not None:
        meter.engine, meter.model = engine, model


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
