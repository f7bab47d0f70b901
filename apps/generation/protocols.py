"""The engine that writes answers, and the values that go in and come out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from apps.retrieval.protocols import Hit


@dataclass(frozen=True, slots=True)
class Prompt:
    """What an engine is given: the question and the passages it may use, best first."""

    question: str
    passages: Sequence[Hit]
    language: str  # of the answer: "en" or "zh"
    temperature: float
    min_confidence: float | None = None  # below it no answer is given; None: as calibrated
    collection_confidence: Mapping[UUID, float] = field(default_factory=dict)  # instead, by source


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
class Draft:
    """An engine's answer before it is checked. `[n]` in `text` cites `evidence[n - 1]`."""

    text: str
    is_answered: bool
    confidence: float  # calibrated: how likely the passages answer the question, 0..1
    evidence: tuple["Evidence", ...] = ()
    short_answer: str = ""  # the bare answer in the words of its source
    needed: float = 0.0  # the confidence below which it would not have been given


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of a passage: `passage.text[start:end]` is quoted.

    `answer_start`/`answer_end`: the short answer, characters of `passage.text` too.
    """

    passage: Hit
    start: int
    end: int
    answer_start: int | None = None
    answer_end: int | None = None


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

    def write(self, prompt: Prompt) -> Iterator["str | Draft"]:
        """Yield pieces of the answer's text as they come, then exactly one Draft, the last item.

        The joined pieces equal `Draft.text`. An engine that will not answer (no passages, or
        less certain than the collections that it would cite ask for) yields no piece, only an
        unanswered Draft without text: a reader never sees a sentence that is then taken back.
        Raises Retryable when the engine is out of reach.
        """
