"""What a report is made of once it is written out in a language: the page and the PDF show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from apps.ops.reports.drawing import Drawing

Mood = Literal["", "good", "bad"]


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure, large. `note`: below it; `mood`: whether that is good news."""

    name: str
    value: str
    note: str = ""
    mood: Mood = ""


@dataclass(frozen=True, slots=True)
class Tiles:
    """Figures side by side."""

    kind: ClassVar[str] = "tiles"
    tiles: Sequence[Tile]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. `muted`: said on the side; `notice`: must be seen."""

    kind: ClassVar[str] = "text"
    text: str
    style: Literal["plain", "muted", "notice"] = "plain"


@dataclass(frozen=True, slots=True)
class Bullets:
    """Sentences, one below the other."""

    kind: ClassVar[str] = "bullets"
    items: Sequence[str]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """Of a table. `share`: how much of its width, beside the others'."""

    title: str
    share: float = 1.0
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts. `has_total`: the last row sums up the others. `caption`: what it lists."""

    kind: ClassVar[str] = "table"
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    has_total: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its caption."""

    kind: ClassVar[str] = "chart"
    caption: str
    drawing: Drawing


Block = Tiles | Text | Bullets | Table | Chart


@dataclass(frozen=True, slots=True)
class Section:
    """A part with a title; `key`: its name in addresses."""

    key: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report. `kicker`: above the title; `facts`: below it; `foot`: at the end of pages."""

    kicker: str
    title: str
    facts: Sequence[str]
    sections: Sequence[Section]
    foot: str
    language: str
