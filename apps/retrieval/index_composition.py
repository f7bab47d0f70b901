"""Of which segments the coming state of an index is: what stays, what is merged, what is added."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from apps.retrieval.index_columns import columns_of
from apps.retrieval.index_rewriting import Rewriting, replaced_by
from apps.retrieval.index_rows import IndexRow
from apps.retrieval.index_staging import Part, Staging
from apps.retrieval.lexical.writer import TantivyWriter
from apps.retrieval.models import EmbeddingGeneration
from apps.retrieval.protocols import Vectors
from apps.retrieval.vector.merging import FULL_ROWS, segments_to_merge
from apps.retrieval.vector.segment import Ids

ROWS_READ_AT_ONCE = 5_000  # held in memory with their texts


@dataclass(frozen=True, slots=True)
class Composition:
    """Writes segments into `staging`, and the words of added rows with `lexical`.

    `busy`: parts that stay as they are, by the paths of their vectors: they are being rewritten.
    """

    staging: Staging
    lexical: TantivyWriter
    generation: EmbeddingGeneration
    dimension: int
    busy: frozenset[str]

    def with_rewritten(self, parts: Sequence[Part], done: Rewriting) -> list[Part]:
        """The parts, with what was rewritten instead of what it was made of."""
        made = done.result()
        replaced = replaced_by(made)
        kept = [part for part in parts if part.entry.vectors.path not in replaced]
        for one in made:
            alive = one.alive_now(parts)
            if alive.any():
                kept.append(self.staging.take_in(one.folder, one.files, alive))
        return _largest_first(kept)

    def composed(
        self, parts: Sequence[Part], rows: Iterator[IndexRow], *, merge_rows: int
    ) -> list[Part]:
        """The parts of which any row counts, and all of `rows`; no merged one has more rows than
        `merge_rows`. With FULL_ROWS the new ones are as big as a segment may be."""
        kept = list(parts)
        if merge_rows == FULL_ROWS:
            kept = self._merged([*kept, *self._filled(rows)], [], merge_rows)
        for some in _batches(rows):
            kept = self._merged(kept, some, merge_rows)
        return [self.staging.with_dead_written(part) for part in kept if part.live.live]

    def _merged(
        self, parts: Sequence[Part], rows: Sequence[IndexRow], merge_rows: int
    ) -> list[Part]:
        """The parts, with `rows` and the segments due to be merged in one new segment."""
        parts = _largest_first(parts)
        free = [part for part in parts if part.entry.vectors.path not in self.busy]
        chosen = due_to_merge(free, added=len(rows), at_most=merge_rows)
        if not rows and not chosen:
            return parts
        ids, vectors = self._added(rows)
        merged = [part.live for part in chosen]
        new = self.staging.write_part(merged, vectors, ids, self.dimension)
        return _largest_first([*(part for part in parts if part not in chosen), new])

    def _filled(self, rows: Iterator[IndexRow]) -> Iterator[Part]:
        """New segments of all these rows, each as big as one may be."""
        while first := list(islice(rows, ROWS_READ_AT_ONCE)):
            rest = _batches(islice(rows, FULL_ROWS - ROWS_READ_AT_ONCE))
            columns = map(self._added, chain([first], rest))
            yield self.staging.write_columns(columns, self.dimension)

    def _added(self, rows: Sequence[IndexRow]) -> tuple[Ids, Vectors]:
        """The rows' columns, once their words are added."""
        for row in rows:
            self.lexical.add(row)
        return columns_of(self.generation, self.dimension, rows)


def due_to_merge(parts: Sequence[Part], *, added: int, at_most: int) -> list[Part]:
    """Those that go into one segment with so many new rows, of `at_most` rows in all."""
    live, sizes = [part.live.live for part in parts], [part.entry.size for part in parts]
    chosen = segments_to_merge(live, sizes, added=added, at_most=at_most)
    return [parts[at] for at in chosen]


def _batches(rows: Iterator[IndexRow]) -> Iterator[list[IndexRow]]:
    return iter(lambda: list(islice(rows, ROWS_READ_AT_ONCE)), [])


def _largest_first(parts: Sequence[Part]) -> list[Part]:
    return sorted(parts, key=lambda part: -part.live.live)
