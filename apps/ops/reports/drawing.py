"""A drawing as few kinds of marks: the page and the PDF show the same one, each in its colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Tone = Literal["accent", "soft", "quiet", "warn", "bad", "line", "text", "muted"]
Anchor = Literal["start", "middle", "end"]
WIDTH = 482.0  # of all drawings: points of the PDF, between its margins


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle; `title`: what it stands for, where one can point at it."""

    x: float
    y: float
    width: float
    height: float
    tone: Tone
    title: str = ""
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """Straight lines through these points."""

    points: Sequence[tuple[float, float]]
    tone: Tone
    width: float = 1.0
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """Text; `y` is its base line."""

    x: float
    y: float
    text: str
    tone: Tone = "muted"
    anchor: Anchor = "start"
    size: float = 8.0
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """Marks, the first ones below; y grows downwards. `label`: the same in words, for who cannot
    see it."""

    height: float
    marks: Sequence[Box | Line | Words]
    label: str
    width: float = WIDTH
