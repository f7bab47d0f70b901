"""The parts retrieval is put together from, and the values that cross between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import numpy as np
import numpy.typing as npt

from apps.modelhub.glossaries import Synonyms

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EmbedderIdentity:
    """What makes vectors comparable; two embedders with equal identity give equal vectors."""

    name: str
    model_sha256: str
    dimension: int
    pooling: str
    prefix: str


class Embedder(Protocol):
    """Turns texts into unit-length vectors."""

    @property
    def identity(self) -> EmbedderIdentity:
        """Model hash, dimension, pooling and prefix."""

    @property
    def languages(self) -> frozenset[str]:
        """Languages (`en`, `zh`) in which the vectors mean something."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embeddings, float32, shape (len(texts), dimension), rows of length 1, in given order."""

    def embed_question(self, text: str) -> Vectors:
        """The vector that texts are compared with, float32, shape (dimension,), length 1."""

    def count_tokens(self, text: str) -> int:
        """Tokens of `text` before truncation, special tokens left out."""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters start..end (exclusive) of a passage that may be the answer.

    `score`: the model's logits for start and end, over those for "no answer".
    """

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Read:
    """What a reader says of a passage. `relevance`: logit that it answers the question.

    `spans`: up to five, best first, none overlapping.
    """

    relevance: float
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a reader's figures mean in one language, as measured (`calibration` in model.json).

    `rank_weight`: how much the rank before reading counts. `certain`: relevance from which the
    best passage ends reading; None: never. Confidence = logistic(intercept + sum of factor x
    feature); at `threshold` as many answers are wrongly given as refused; from `short` on a bare
    short answer is shown. `curve`: rows of a threshold, the share of questions with an answer that
    are answered at it, the share of those answers that are wrong, and the share of questions
    without an answer that are refused; thresholds rise.
    """

    rank_weight: float = 1.0
    certain: float | None = None
    intercept: float = 0.0
    factors: Mapping[str, float] = field(default_factory=dict)
    threshold: float = 0.5
    short: float = 1.0
    curve: tuple[tuple[float, float, float, float], ...] = ()


class PassageReader(Protocol):
    """Reads a question together with each passage. Thread-safe."""

    @property
    def sha256(self) -> str:
        """Hash of the model; two readers with equal hashes read alike."""

    @property
    def languages(self) -> frozenset[str]:
        """Languages (`en`, `zh`) that it has learned."""

    @property
    def calibration(self) -> Mapping[str, Calibration]:
        """What its figures mean, by language."""

    @property
    def at_once(self) -> int:
        """How many passages it takes to keep it busy; reading fewer at a time wastes time."""

    def read(
        self,
        question: str,
        passages: Sequence[tuple[str, str]],
        *,
        deadline: float | None,
        at_least: int = 1,
    ) -> list["Read | None"]:
        """One Read for each passage (its context, its text), in given order.

        None for those whose turn had not come at `deadline` (of time.monotonic; None: no end); the
        first `at_least` are read even so. Spans count characters of the text.
        """


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Which rows a leg may return, decided before its top-k.

    A row is allowed when its document is in `granted_ids`, or its collection in `collection_ids`
    and its document not in `denied_ids`; and, where `document_ids` is given, in that too.
    """

    collection_ids: frozenset[int]
    document_ids: frozenset[int] | None = None  # what filters left; None: nothing was filtered
    granted_ids: frozenset[int] = frozenset()
    denied_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk a leg found; higher scores are better, comparable inside one leg only."""

    chunk_id: int
    score: float


class DenseLeg(Protocol):
    """Vector search over one published state of the index."""

    def search(self, vector: Vectors, *, rows: RowFilter, limit: int) -> list[Candidate]:
        """The `limit` allowed rows nearest to `vector` (float32, (dimension,)), best first."""


class LexicalLeg(Protocol):
    """Word search over one published state of the index."""

    def search(
        self,
        query: str,
        *,
        rows: RowFilter,
        limit: int,
        others: Sequence[Synonyms] = (),
    ) -> list[Candidate]:
        """The `limit` best allowed rows by BM25, best first. Any text is a legal query.

        `others`: what terms of the query are called otherwise; a row with such a name instead of
        the query's own is found too, behind rows like it that have the query's.
        """


@dataclass(frozen=True, slots=True)
class Filters:
    """What the asker narrowed the search to. Empty means no narrowing."""

    documents: tuple[UUID, ...] = ()
    media_types: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    created_after: datetime | None = None
    created_before: datetime | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any((self.documents, self.media_types, self.languages, self.created_after,
                    self.created_before, self.metadata))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """A readable chunk that was found. `start`/`end`: characters in its version's text.

    `score`: of the fused legs, 0..1; once hits were read, of relevance and rank (any number).
    """

    chunk_id: int
    chunk: UUID
    document: UUID
    version: UUID
    version_number: int
    collection: UUID
    title: str
    path: str
    page: int
    heading: str
    context: str
    text: str
    start: int
    end: int
    score: float
    legs: Mapping[str, int]  # leg name -> rank (1 = best)
    spans: tuple[tuple[int, int], ...] = ()  # characters of `text` that match the query
    leg_scores: Mapping[str, float] = field(default_factory=dict)  # leg name -> its own score
    reading: Read | None = None  # what the reader says of it; None: it was not read


@dataclass(frozen=True, slots=True)
class SearchedWith:
    """What a search was made with. Hashes are empty for what took no part.

    `considered`: how many passages each leg found, how many they are together (`fused`), how many
    of them could be shown (`readable`) and how many were read (`read`).
    """

    embedder: str = ""
    embedder_sha256: str = ""
    reader_sha256: str = ""
    considered: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits best first, with what the trace tells about them."""

    hits: tuple[Hit, ...]
    timings_ms: Mapping[str, float]
    index_generation: int
    change_seq: int
    language: str
    degraded: tuple[str, ...] = ()
    expansion: tuple[str, ...] = ()  # names that were searched for beside the query's own words
    searched_with: SearchedWith = SearchedWith()
