"""What comes out of the asking use-case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from apps.accounts.models import ApiKey, User
from apps.core.traffic.protocols import Priority
from apps.generation.checking.sentences import Sentence
from apps.generation.models import Conversation, Trace
from apps.generation.protocols import Citation
from apps.knowledge.access import Scope
from apps.retrieval.protocols import Filters, Hit


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, by whom, of which documents; `replaces` an earlier answer."""

    text: str
    scope: Scope
    user: User
    conversation: Conversation | None = None
    profile: str = ""
    filters: Filters = field(default_factory=Filters)
    is_trial: bool = False  # an evaluation asks: no curated answer is served, no curator is told
    replaces: Trace | None = None
    key: ApiKey | None = None  # asked through it: its limits count
    priority: Priority = Priority.API
    previous: str = ""  # what it may lean on, where no conversation is kept


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """What is being done: `queued` (only when it must wait), `searching`, then `reading`.

    `position` questions are before it in the queue, of about `wait_s` seconds.
    """

    stage: str
    position: int = 0
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class TokenEvent:
    """The next piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer. When not answered, `text` says so and `nearest` holds what came closest.

    `short_answer` is the bare answer in the words of its source, empty when not answered.
    """

    text: str
    is_answered: bool
    confidence: float
    citations: tuple[Citation, ...]
    nearest: tuple[Hit, ...]
    engine: str
    timings_ms: Mapping[str, float]
    trace: UUID
    degraded: tuple[str, ...] = ()
    short_answer: str = ""
    sentences: tuple[Sentence, ...] = ()  # what of `text` is held up, and how well
    profile: str = ""
    usage: Mapping[str, int] = field(default_factory=dict)  # tokens, where an engine counts them
