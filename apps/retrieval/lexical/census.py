"""Tantivy, counted: which chunks a published snapshot holds, and under which collection."""

from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import tantivy

from apps.retrieval.lexical import schema
from apps.retrieval.lexical.damage import damage_told

Ids = npt.NDArray[np.int64]
_MOST = 2**63 - 1


class LexicalCensus:
    """The chunks of one snapshot folder, some at a time, so that memory stays small."""

    def __init__(self, searcher: tantivy.Searcher, name: str) -> None:
        self._searcher = searcher
        self._name = name

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Map a snapshot. Raises Damaged."""
        with damage_told(str(folder)):
            return cls(schema.opened(str(folder)).searcher(), str(folder))

    @property
    def size(self) -> int:
        """How many chunks can be found."""
        return int(self._searcher.num_docs)

    def between(self, low: int, high: int, **ids: int) -> Ids:
        """The chunks with numbers low..high (both included), sorted; a chunk held twice is twice.

        `ids` names fields of the schema that must have this number (`collection=3`). Raises
        Damaged.
        """
        wanted = tantivy.Query.range_query(
            schema.SCHEMA, schema.CHUNK, tantivy.FieldType.Unsigned, low, min(high, _MOST)
        )
        terms = [
            tantivy.Query.const_score_query(
                tantivy.Query.term_query(schema.SCHEMA, field, id_, "basic"), 0.0
            )
            for field, id_ in ids.items()
        ]
        query = tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, part) for part in (wanted, *terms)]
        )
        with damage_told(self._name):
            hits = self._searcher.search(query, max(1, self.size), count=False).hits
            chunk_ids = self._searcher.fast_field_values(schema.CHUNK, [at for _, at in hits])
            return np.sort(np.array(chunk_ids, np.int64))

    def beyond(self, low: int, high: int) -> Ids:
        """The chunks whose numbers are below `low` or above `high`. Raises Damaged."""
        below = self.between(0, low - 1) if low > 0 else np.empty(0, np.int64)
        return np.concatenate([below, self.between(high + 1, _MOST)])
