"""What stands in front of a passage for the reader: title, headings, and a table's column names."""

import re
from collections.abc import Callable
from dataclasses import dataclass

TITLE_TOKENS, HEADER_TOKENS = 24, 32
_RULE = re.compile(r"^[\s|:-]*$")
Ids = list[int]


@dataclass(frozen=True, slots=True)
class Context:
    """A chunk's context in its parts (ingest.chunking makes it: a line each, some left out)."""

    title: str
    headings: tuple[str, ...] = ()
    header: str = ""


def parted(context: str) -> Context:
    """Title, headings from the outermost on, and the rows that name a table's columns."""
    title, *lines = context.split("\n") if context else [""]
    rows = [line for line in lines if line.startswith("|")]
    path = next((line for line in lines if not line.startswith("|")), "")
    header = next((row for row in rows if not _RULE.match(row)), "")
    return Context(title, tuple(path.split(" > ")) if path else (), header)


def prefix_ids(context: str, encode: Callable[[str], Ids]) -> Ids:
    """At most TITLE_TOKENS of title and headings, then at most HEADER_TOKENS of column names.

    The title leaves half its room to headings; of those the innermost are kept.
    """
    parts = parted(context)
    inner: Ids = []
    for heading in reversed(parts.headings):
        ids = encode(heading)
        if inner and len(inner) + len(ids) > TITLE_TOKENS // 2:
            break
        inner = [*ids[:TITLE_TOKENS], *inner]
    title = encode(parts.title)
    title = title[: max(TITLE_TOKENS - len(inner), TITLE_TOKENS // 2)]
    header = encode(parts.header)[:HEADER_TOKENS] if parts.header else []
    return [*title, *inner[: TITLE_TOKENS - len(title)], *header]
