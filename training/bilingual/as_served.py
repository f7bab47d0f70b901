"""Searching passages as the product does, through its own parts, in memory: no database."""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import numpy as np

from training import throwaway_home  # noqa: F401  before all of apps

# isort: split
from apps.core import config
from apps.retrieval import language
from apps.retrieval.fusion import RankedLeg, Weights, weighted_rank_fusion, weights_for
from apps.retrieval.hits import text_fingerprint
from apps.retrieval.index_rows import IndexRow
from apps.retrieval.lexical.leg import TantivyLexical
from apps.retrieval.lexical.writer import TantivyWriter
from apps.retrieval.protocols import Candidate, Embedder, Hit, RowFilter, Vectors
from apps.retrieval.vector.dense import SegmentsDense
from apps.retrieval.vector.live import LiveSegment
from apps.retrieval.vector.segment import LINES, FaissSegment, write_segment
from ingest.chunking import chunk_pages
from ingest.loaders.protocol import ParsedPage

EVERYTHING = RowFilter(frozenset({1}))
_BLOCK = 512  # texts of a cached file of vectors


@dataclass(frozen=True, slots=True)
class Passage:
    """A document of the corpus."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Legs:
    """What each leg found for a question, best first."""

    lexical: Sequence[Candidate]
    dense: Sequence[Candidate]


def hits_of(passages: Sequence[Passage]) -> list[Hit]:
    """The chunks of the passages, each as a hit without rank; `chunk_id` is its place."""
    tokens = config.load().ingest.chunk_tokens
    hits: list[Hit] = []
    for number, passage in enumerate(passages):
        title = passage.title or passage.id.rsplit("/", 1)[-1]  # as an import names it
        page = ParsedPage(number=1, text=passage.text)
        for draft in chunk_pages([page], title=title, target_tokens=tokens):
            hits.append(
                Hit(
                    chunk_id=len(hits),
                    chunk=UUID(int=len(hits)),
                    document=UUID(int=number),
                    version=UUID(int=number),
                    version_number=1,
                    collection=UUID(int=1),
                    title=title,
                    path=passage.id,
                    page=1,
                    heading=draft.heading,
                    context=draft.context,
                    text=draft.text,
                    start=draft.start,
                    end=draft.end,
                    score=0.0,
                    legs={},
                )
            )
    return hits


class Corpus:
    """Passages cut into chunks, with the index of their words."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.hits = hits_of(passages)
        self.fingerprints = [text_fingerprint(hit.text) for hit in self.hits]
        self.of_passage: dict[str, list[Hit]] = {}
        for hit in self.hits:
            self.of_passage.setdefault(hit.path, []).append(hit)
        self._folder = tempfile.TemporaryDirectory(prefix="clawdbot-words-")
        writer = TantivyWriter(Path(self._folder.name) / "index", None)
        for hit in self.hits:
            number = hit.chunk_id
            writer.add(IndexRow(number, number, number, 1, "", indexed_text(hit)))
        writer.commit()
        writer.close()
        self.lexical = TantivyLexical.open(
            Path(self._folder.name) / "index", collection_ids=EVERYTHING.collection_ids
        )


class Search:
    """Both legs over a corpus, with one embedder."""

    def __init__(self, corpus: Corpus, embedder: Embedder, cache: Path) -> None:
        self._corpus, self._embedder, self._cache = corpus, embedder, cache
        vectors = embedded(embedder, [indexed_text(hit) for hit in corpus.hits], cache)
        rows = np.ones((LINES, len(vectors)), dtype=np.int64)
        rows[:3] = np.arange(len(vectors))
        self._folder = tempfile.TemporaryDirectory(prefix="clawdbot-vectors-")
        folder = Path(self._folder.name) / "segment"
        write_segment(folder, [vectors], rows, vectors.shape[1])
        segment = FaissSegment.open(folder / "vectors.faiss", folder / "rows.npy")
        self.dense = SegmentsDense([LiveSegment(segment, np.ones(len(vectors), np.bool_))])

    def legs_of(self, questions: Sequence[str]) -> Iterator[Legs]:
        """What both legs find for each question, in order."""
        limit = config.load().retrieval.candidates
        vectors = embedded(self._embedder, questions, self._cache)
        for question, vector in zip(questions, vectors, strict=True):
            yield Legs(
                self._corpus.lexical.search(question, rows=EVERYTHING, limit=limit),
                self.dense.search(vector, rows=EVERYTHING, limit=limit),
            )

    def weights(self, question: str) -> Weights:
        """How much each leg counts."""
        return weights_for(language.detect(question), self._embedder.languages)

    def ranked(self, legs: Legs, weights: Weights) -> list[Hit]:
        """The hits in fused order, each text once."""
        both = {"lexical": (legs.lexical, weights.lexical), "dense": (legs.dense, weights.dense)}
        legs_by_name = {name: leg for name, leg in both.items() if leg[1]}  # others are not asked
        fused = weighted_rank_fusion(
            [RankedLeg(*leg) for leg in legs_by_name.values()], k=config.load().retrieval.rrf_k
        )
        ranks = {
            name: {one.chunk_id: rank for rank, one in enumerate(found, start=1)}
            for name, (found, _) in legs_by_name.items()
        }
        scores = {
            name: {one.chunk_id: one.score for one in found}
            for name, (found, _) in legs_by_name.items()
        }
        return [self._hit(number, score, ranks, scores) for number, score in self._distinct(fused)]

    def _distinct(self, fused: Sequence[tuple[int, float]]) -> Iterator[tuple[int, float]]:
        seen: set[str] = set()
        for number, score in fused:
            if (fingerprint := self._corpus.fingerprints[number]) not in seen:
                seen.add(fingerprint)
                yield number, score

    def _hit(
        self,
        number: int,
        score: float,
        ranks: dict[str, dict[int, int]],
        scores: dict[str, dict[int, float]],
    ) -> Hit:
        found = [name for name in ranks if number in ranks[name]]
        return replace(
            self._corpus.hits[number],
            score=score,
            legs={name: ranks[name][number] for name in found},
            leg_scores={name: scores[name][number] for name in found},
        )


def indexed_text(hit: Hit) -> str:
    """What is embedded and indexed of a chunk."""
    return f"{hit.context}\n{hit.text}" if hit.context else hit.text


def embedded(embedder: Embedder, texts: Sequence[str], cache: Path) -> Vectors:
    """float32 (texts, dimension), from `cache` where these texts were embedded before."""
    blocks = [texts[first : first + _BLOCK] for first in range(0, len(texts), _BLOCK)]
    return np.concatenate([_block(embedder, block, cache) for block in blocks])


def _block(embedder: Embedder, texts: Sequence[str], cache: Path) -> Vectors:
    key = "\0".join([embedder.identity.model_sha256, *texts]).encode()
    path = cache / "vectors" / f"{hashlib.sha256(key).hexdigest()[:24]}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial.npy")
        np.save(partial, embedder.embed(texts))
        partial.rename(path)
    vectors: Vectors = np.load(path)
    return vectors
