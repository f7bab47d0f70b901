"""The cited words: where they lie on a page, and the page's text with them marked."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from apps.knowledge.models import Page, Version

_PAGES = 12  # a quote is shown on so many pages at most


@dataclass(frozen=True, slots=True)
class Span:
    """Characters start..end (exclusive) of a version's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Quote:
    """The part of the cited words that lies on one page; `place` is where it begins, 0 to 1."""

    page: int
    text: str
    place: float


def span_on(page: Page, span: Span | None) -> range:
    """The characters of `page.text` that the span covers; empty when it does not touch the page."""
    if span is None:
        return range(0)
    first = min(max(span.start - page.start, 0), len(page.text))
    return range(first, min(max(span.end - page.start, first), len(page.text)))


def quotes_of(version: Version, span: Span | None) -> list[Quote]:
    """The span cut at the pages' ends, in order."""
    if span is None or span.end <= span.start:
        return []
    pages = Page.objects.filter(version=version, start__lt=span.end)
    touched = pages.order_by("-number")[:_PAGES]
    cut = [(page, span_on(page, span)) for page in touched]
    return [
        Quote(
            page.number, page.text[on.start : on.stop], round(on.start / max(len(page.text), 1), 4)
        )
        for page, on in reversed(cut)
        if on
    ]


class Marker:
    """Gives parts of a page's text as HTML; what was cited stands in `<mark>`."""

    def __init__(self, text: str, cited: range, *, anchor: str = "cited") -> None:
        """`anchor` becomes the id of the first mark; empty: it gets none."""
        self._text, self._cited, self._anchor = text, cited, anchor

    def touches(self, start: int, end: int) -> bool:
        """Whether a cited character lies in the part."""
        return start < self._cited.stop and end > self._cited.start and bool(self._cited)

    def take_anchor(self) -> str:
        """The anchor, for the element that goes in front of the first mark; empty from then on."""
        anchor, self._anchor = self._anchor, ""
        return anchor

    def html(self, start: int, end: int) -> SafeString:
        """The part, escaped."""
        if not self.touches(start, end):
            return conditional_escape(self._text[start:end])
        first, last = max(start, self._cited.start), min(end, self._cited.stop)
        anchor = self.take_anchor()
        opening = format_html('<mark id="{}">', anchor) if anchor else SafeString("<mark>")
        return format_html(
            "{}{}{}</mark>{}",
            self._text[start:first],
            opening,
            self._text[first:last],
            self._text[last:end],
        )


def joined(parts: Sequence[SafeString]) -> SafeString:
    """Escaped parts in a row."""
    return SafeString("".join(parts))
