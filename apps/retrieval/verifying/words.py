"""The words of an index compared with the chunks that they must find."""

from collections.abc import Iterator, Mapping

import numpy as np

from apps.knowledge.models import Chunk
from apps.retrieval.lexical import schema
from apps.retrieval.lexical.census import LexicalCensus
from apps.retrieval.lexical.leg import TantivyLexical
from apps.retrieval.protocols import RowFilter
from apps.retrieval.verifying.findings import Drift, Findings, Place
from apps.retrieval.verifying.suspects import Suspects
from apps.retrieval.verifying.truth import COLLECTION, DOCUMENT, VERSION, Ids, Mask, Truth

_AT_ONCE = 20_000
_DOCUMENTS_A_PART = 3
_SAMPLE = 64
_LOOKED_UP = 800  # keys of one query


class WordComparison:
    """Compares every chunk and its collection, a sample of documents, and a sample of terms."""

    def __init__(
        self,
        truth: Truth,
        ignored: Ids,
        orphans: Mapping[int, int],
        findings: Findings,
        suspects: Suspects,
    ) -> None:
        """`ignored`: chunks of versions that changed since; nothing is noted about them.

        `orphans`: the versions of chunks that were found to be orphans elsewhere.
        """
        self._truth = truth
        self._ignored = ignored
        self._orphans = orphans
        self._findings = findings
        self._suspects = suspects
        self.rows = 0  # found by words

    def take(self, census: LexicalCensus) -> Iterator[int]:
        """Compare; yields now and then how many chunks were compared. Raises Damaged."""
        self.rows, ids = census.size, self._truth.chunk_ids
        for start in range(0, ids.size, _AT_ONCE):
            part = slice(start, min(start + _AT_ONCE, ids.size))
            high = ids[part.stop] - 1 if part.stop < ids.size else ids[-1]
            self._compare(census, part, int(ids[start]), int(high))
            yield part.stop
        ends = (int(ids[0]), int(ids[-1])) if ids.size else (1, 0)
        self._too_much(census.beyond(*ends), "chunk {} is no live one")

    def try_terms(self, lexical: TantivyLexical) -> None:
        """Search for the text of a sample of chunks: each must be found. Raises Damaged."""
        step = max(1, self._truth.rows // _SAMPLE)
        tried = self._truth.chunk_ids[::step]
        tried = tried[~np.isin(tried, self._ignored)].tolist()
        chunks = Chunk.objects.filter(pk__in=tried).select_related("version__document")
        lost = [chunk for chunk in chunks if not _is_found(chunk, lexical)]
        self._findings.add(
            Place.WORDS,
            Drift.DIFFERING,
            (f"chunk {chunk.pk} is not found by its own words" for chunk in lost),
        )
        self._suspects.publish(chunk.version_id for chunk in lost)

    def _compare(self, census: LexicalCensus, part: slice, low: int, high: int) -> None:
        wanted, places = self._truth.chunk_ids[part], self._truth.places[:, part]
        held = census.between(low, high)
        found, times = np.unique(held, return_counts=True)
        self._too_much(np.setdiff1d(found, wanted), "chunk {} is no live one")
        self._too_much(found[(times > 1) & np.isin(found, wanted)], "chunk {} is there twice")
        missing = np.setdiff1d(wanted, found)
        self._note(Drift.MISSING, "chunk {} is not in the words", missing)
        self._ignored = np.union1d(self._ignored, missing)
        is_found = np.isin(wanted, found)
        for line, field in ((COLLECTION, schema.COLLECTION), (DOCUMENT, schema.DOCUMENT)):
            numbers = np.unique(places[line])
            if line == DOCUMENT:
                numbers = numbers[:: max(1, numbers.size // _DOCUMENTS_A_PART)]
            is_misplaced = np.zeros(wanted.size, np.bool_)
            is_right = ~np.isin(places[line], numbers)  # or was not asked for
            for number in numbers.tolist():
                under = _marked(wanted, census.between(low, high, **{field: number}))
                is_own = places[line] == number
                is_right |= under & is_own
                is_misplaced |= under & ~is_own
            differing = wanted[is_found & (is_misplaced | ~is_right)]
            self._note(Drift.MISPLACED, f"chunk {{}} is under another {field}", differing)

    def _too_much(self, chunk_ids: Ids, words: str) -> None:
        """Chunks that no version of the database leads to can only leave with all words."""
        noted = self._note(Drift.ORPHAN, words, chunk_ids)
        known = dict(Chunk.objects.filter(pk__in=noted).values_list("pk", "version_id"))
        known |= {id_: self._orphans[id_] for id_ in noted if id_ in self._orphans}
        self._suspects.publish(known.values())
        self._suspects.is_everything |= len(known) < len(noted) or len(noted) == _LOOKED_UP

    def _note(self, drift: Drift, words: str, chunk_ids: Ids) -> list[int]:
        """Note what is not to be ignored of these; returns the first of it."""
        noted = chunk_ids[~np.isin(chunk_ids, self._ignored)]
        shown = noted[: self._findings.examples_wanted].tolist()
        self._findings.add(
            Place.WORDS, drift, (words.format(id_) for id_ in shown), count=noted.size
        )
        at, is_known = self._truth.find(noted)
        if self._truth.rows:
            self._suspects.publish(np.unique(self._truth.places[VERSION, at[is_known]]))
        return [int(id_) for id_ in noted[:_LOOKED_UP]]


def _is_found(chunk: Chunk, lexical: TantivyLexical) -> bool:
    text, document = chunk.indexed_text, chunk.version.document
    terms = schema.analysed(text)
    if not (terms.words or terms.character_pairs or terms.lone):
        return True
    rows = RowFilter(frozenset({document.collection_id}), frozenset({document.pk}))
    limit = Chunk.objects.filter(version_id=chunk.version_id).count()
    return any(hit.chunk_id == chunk.pk for hit in lexical.search(text, rows=rows, limit=limit))


def _marked(chunk_ids: Ids, some: Ids) -> Mask:
    """Which of the sorted `chunk_ids` are among `some`: a few of very many."""
    found = np.zeros(chunk_ids.size, np.bool_)
    at = np.searchsorted(chunk_ids, some)
    at = at[at < chunk_ids.size]
    found[at] = np.isin(chunk_ids[at], some)
    return found
