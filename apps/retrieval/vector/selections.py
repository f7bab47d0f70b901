"""Which rows of an index recent filters allow, kept in little memory."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from apps.retrieval.protocols import RowFilter
from apps.retrieval.vector.live import LiveSegment, Selection

_KEPT, _KEPT_BYTES = 64, 4_000_000  # at most; a selection is a bit a row


class Selections:
    """Selections of the segments by filter, the latest ones kept. Safe for many threads.

    Found again by a hash of the filter's ids: the ids themselves, of a person with rules for 40,000
    documents, would be 3 MB each time.
    """

    def __init__(self, segments: Sequence[LiveSegment]) -> None:
        self._segments = tuple(segments)
        rows = sum(len(live.alive) for live in self._segments)
        self._most = max(1, min(_KEPT, 8 * _KEPT_BYTES // max(1, rows)))
        self._kept: OrderedDict[bytes, tuple[Selection, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, rows: RowFilter) -> tuple[Selection, ...]:
        """The allowed rows of each segment, in the order of the segments."""
        key = fingerprint(rows)
        with self._lock:
            if (found := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return found
        made = tuple(live.selection(rows) for live in self._segments)
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made


def fingerprint(rows: RowFilter) -> bytes:
    """BLAKE2b of the filter: equal for equal filters, whatever the order of their ids."""
    digest = blake2b(digest_size=16)
    for ids in (rows.collection_ids, rows.document_ids, rows.granted_ids, rows.denied_ids):
        if ids is None:
            digest.update(b"every")
            continue
        listed = np.fromiter(ids, np.int64, len(ids))
        listed.sort()
        digest.update(len(listed).to_bytes(8, "little"))
        digest.update(listed.tobytes())
    return digest.digest()
