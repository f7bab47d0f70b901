"""What a loader makes of a file, independent of Django so that the sandboxed child stays small."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol


class BlockKind(StrEnum):
    HEADING = "heading"
    TEXT = "text"
    TABLE = "table"
    LIST = "list"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a page: `page.text[start:end]`. Blocks are in order and never overlap.

    `level` is 1..6 for headings. `header` is the header row of a table as text (with its rule).
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    header: str = ""


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """One page, sheet, slide or mail: clean text (tables as Markdown) and its blocks."""

    number: int  # from 1
    text: str
    blocks: tuple[Block, ...] = ()
    label: str = ""  # sheet name, slide title


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the file says of itself."""

    media_type: str
    title: str = ""
    page_count: int = 0
    metadata: dict[str, str] = field(default_factory=dict)  # author, sent, subject, ...


class Loader(Protocol):
    """Reads one family of formats. Runs in the sandboxed child."""

    name: str
    media_types: frozenset[str]

    def load(self, path: Path, media_type: str, filename: str) -> Iterator[FileFacts | ParsedPage]:
        """Yield FileFacts once, first, then the pages in order, a window at a time.

        Raises LoadError with a reason that a person can act on.
        """


class LoadError(Exception):
    """The file cannot be read. `code`: encrypted, damaged, empty, too_large, unsupported, ..."""

    def __init__(self, code: str, message: str, page: int | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.page = code, message, page
