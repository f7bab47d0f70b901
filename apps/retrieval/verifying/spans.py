"""Chunks compared with the pages they were cut from: citations open at these characters."""

import hashlib
from collections import deque
from collections.abc import Iterator

from apps.knowledge.models import Chunk, Page
from apps.retrieval.index_rows import live_chunks
from apps.retrieval.verifying.findings import Drift, Findings, Place, Progress

_VERSIONS_AT_ONCE = 200
_SEPARATOR = "\f"


class _Text:
    """The text of one version after the other, of which a window of pages is held."""

    def __init__(self, pages: Iterator[Page]) -> None:
        self._pages = pages
        self._window: deque[Page] = deque()
        self._next = next(pages, None)

    def cut(self, version_id: int, start: int, end: int) -> str:
        """Characters start..end of the version's text; less when pages before were passed already.

        Ask in the order of versions, and of places in them.
        """
        while self._next and self._next.version_id < version_id:
            self._next = next(self._pages, None)
        while self._next and self._next.version_id == version_id and self._next.start < end:
            self._window.append(self._next)
            self._next = next(self._pages, None)
        while self._window and self._is_passed(self._window[0], version_id, start):
            self._window.popleft()
        if not self._window:
            return ""
        first, held = self._window[0].start, _SEPARATOR.join(page.text for page in self._window)
        return held[max(0, start - first) : max(0, end - first)]

    @staticmethod
    def _is_passed(page: Page, version_id: int, start: int) -> bool:
        return page.version_id != version_id or page.start + len(page.text) < start


def compare_spans(findings: Findings, progress: Progress, *, every: int = 1) -> None:
    """Note the live chunks whose text, or hash, is not that of their place in their version.

    With `every` n, the versions whose number is divisible by n are looked at.
    """
    live = live_chunks().order_by().values_list("version_id", flat=True).distinct()
    versions = sorted(id_ for id_ in live.iterator(chunk_size=10_000) if id_ % every == 0)
    suspects = list[int]()
    for start in range(0, len(versions), _VERSIONS_AT_ONCE):
        # A few versions at a time: their index gives the order, else the database sorts all texts.
        suspects += _unsound_in(versions[start : start + _VERSIONS_AT_ONCE])
        progress("texts", min(start + _VERSIONS_AT_ONCE, len(versions)), len(versions))
    _note_those_still_so(suspects, findings)


def _unsound_in(version_ids: list[int]) -> list[int]:
    pages = Page.objects.filter(version_id__in=version_ids).order_by("version_id", "number")
    text = _Text(pages.defer("blocks", "label").iterator(chunk_size=100))
    chunks = Chunk.objects.filter(version_id__in=version_ids).order_by("version_id", "ordinal")
    return [
        chunk.pk
        for chunk in chunks.iterator(chunk_size=500)
        if not _is_sound(chunk, text.cut(chunk.version_id, chunk.start, chunk.end))
    ]


def _note_those_still_so(suspects: list[int], findings: Findings) -> None:
    """A version may have changed between reading its chunks and its pages: look once more."""
    for start in range(0, len(suspects), 500):
        chunks = live_chunks().filter(pk__in=suspects[start : start + 500])
        for chunk in chunks.select_related("version__document"):
            pages = Page.objects.filter(version_id=chunk.version_id).order_by("number")
            text = _Text(pages.iterator(chunk_size=200))
            if not _is_sound(chunk, text.cut(chunk.version_id, chunk.start, chunk.end)):
                named = f"chunk {chunk.pk} of {chunk.version.document.path!r}"
                findings.add(Place.TEXTS, Drift.DIFFERING, [named])


def _is_sound(chunk: Chunk, text: str) -> bool:
    return chunk.text == text and (
        chunk.text_sha256 == hashlib.sha256(chunk.indexed_text.encode()).hexdigest()
    )
