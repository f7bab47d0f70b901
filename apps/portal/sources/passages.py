"""A page's text, cut where the cited words begin and end."""

from dataclasses import dataclass

from apps.knowledge.models import Page


@dataclass(frozen=True, slots=True)
class Marked:
    """`before + cited + after` is the page's text; `cited` may be empty."""

    before: str
    cited: str
    after: str


def marked(page: Page, start: int | None, end: int | None) -> Marked:
    """The page with the characters start..end of its version's text set apart.

    What lies on other pages is left out; a span that does not touch the page marks nothing.
    """
    if start is None or end is None:
        return Marked(page.text, "", "")
    first = min(max(start - page.start, 0), len(page.text))
    last = min(max(end - page.start, first), len(page.text))
    if first == last:
        return Marked(page.text, "", "")
    return Marked(page.text[:first], page.text[first:last], page.text[last:])
