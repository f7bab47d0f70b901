"""The engine that writes answers, and the values that go in and come out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from apps.modelhub.profiles import ProfileSpec
from apps.retrieval.protocols import Hit


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier question of the conversation and its answer, without marks of sources.

    `may_leave`: everything that was found for it may be sent to a remote engine. `versions`: ids of
    those whose words it may hold.
    """

    question: str
    answer: str
    may_leave: bool
    versions: frozenset[str] = frozenset()


def _no_memory() -> Sequence[Exchange]:
    return ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """What an engine is given: the question and the passages it may use, best first.

    `question` is worded so that it can be understood alone; `asked` are the asker's own words, with
    `recall()` for what they lean on, oldest first (empty for a question that stands alone).
    """

    question: str
    passages: Sequence[Hit]
    language: str  # of the answer: "en" or "zh"
    temperature: float
    min_confidence: float | None = None  # below it no answer is given; None: as calibrated
    collection_confidence: Mapping[UUID, float] = field(default_factory=dict)  # instead, by source
    profile: ProfileSpec | None = None
    asked: str = ""  # empty: as `question`
    may_leave: bool = False  # every collection of the passages is allowed to a remote engine
    recall: Callable[[], Sequence[Exchange]] = _no_memory


@dataclass(frozen=True, slots=True)
class Citation:
    """One numbered source of an answer. `start`/`end`: characters in the version's text."""

    n: int
    chunk: UUID
    document: UUID
    version: UUID
    title: str
    path: str
    page: int
    heading: str
    quote: str
    start: int
    end: int
    url: str
    support: str  # "supported" | "weak" | "unsupported"


@dataclass(frozen=True, slots=True)
class Waiting:
    """The engine has not begun: `position` others go first, which takes about `wait_s` seconds."""

    position: int
    wait_s: float


@dataclass(frozen=True, slots=True)
class Draft:
    """An engine's answer before it is checked. `[n]` in `text` cites `evidence[n - 1]`."""

    text: str
    is_answered: bool
    confidence: float  # calibrated: how likely the passages answer the question, 0..1
    evidence: tuple["Evidence", ...] = ()
    short_answer: str = ""  # the bare answer in the words of its source
    needed: float = 0.0  # the confidence below which it would not have been given
    usage: Mapping[str, int] = field(default_factory=dict)  # tokens, where they were counted
    degraded: tuple[str, ...] = ()  # what is not as it should be
    is_grounded: bool = False  # the engine saw to it before it told anything


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of a passage: `passage.text[start:end]` is quoted.

    `answer_start`/`answer_end`: the short answer, characters of `passage.text` too. `given`: all
    that a language model was given of the passage, of which the span is the part that is nearest to
    what it says; empty: the span alone.
    """

    passage: Hit
    start: int
    end: int
    answer_start: int | None = None
    answer_end: int | None = None
    given: str = ""


class Engine(Protocol):
    """Writes answers from passages. Cheap to construct; `warm_up` loads what it needs."""

    @property
    def name(self) -> str:
        """Stable name shown in answers, for example `builtin`."""

    @property
    def model_sha256(self) -> str:
        """Hash of the weights used; empty when there are none."""

    def warm_up(self) -> None:
        """Load models. Safe to repeat."""

    def write(self, prompt: Prompt) -> Iterator["str | Waiting | Draft"]:
        """Yield pieces of the answer's text as they come, then exactly one Draft, the last item;
        before the first piece perhaps what it waits for.

        The joined pieces equal `Draft.text`. An engine that will not answer (no passages, or
        less certain than the collections that it would cite ask for) yields no piece, only an
        unanswered Draft without text: a reader never sees a sentence that is then taken back.
        Raises Retryable when the engine is out of reach or breaks off, Overloaded when it has too
        much to do, Invalid (`question_too_long`, or what its server does not take).
        """
