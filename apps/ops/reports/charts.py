"""The charts of a report, as drawings. Texts come from outside: nothing here knows a language."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apps.ops.reports.drawing import WIDTH, Box, Drawing, Line, Tone, Words

LEFT, RIGHT, TOP, BOTTOM = 34.0, 2.0, 8.0, 18.0
LEGEND = 16.0
Mark = Box | Line | Words


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of thing that is stacked or drawn as a line."""

    name: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of horizontal bars: a name, how much, and how that is written."""

    name: str
    value: float
    text: str
    tone: Tone = "accent"


@dataclass(frozen=True, slots=True)
class Frame:
    """Where values are drawn: a scale from 0 to `most`, with lines at its steps."""

    most: float
    step: float
    height: float

    def y(self, value: float) -> float:
        """How far down a value is."""
        return TOP + LEGEND + self.height * (1 - min(value, self.most) / self.most)


def stacked(
    labels: Sequence[str], parts: Sequence[Part], values: Sequence[Sequence[int]], *, label: str
) -> Drawing:
    """A bar for each label, its parts one upon the other; `values`: of each label, by part."""
    frame = _frame(max((sum(some) for some in values), default=0), 96.0, is_whole=True)
    marks = [*_grid(frame, lambda value: f"{value:,.0f}"), *_legend(parts)]
    slot = (WIDTH - LEFT - RIGHT) / max(1, len(labels))
    for number, (name, some) in enumerate(zip(labels, values, strict=True)):
        title, base = _told(name, parts, some), 0
        for part, value in zip(parts, some, strict=True):
            if value:
                upper, lower = frame.y(base + value), frame.y(base)
                left = LEFT + slot * (number + 0.14)
                marks.append(Box(left, upper, slot * 0.72, lower - upper, part.tone, title))
                base += value
    return Drawing(_total(frame), [*marks, *_below(labels, frame)], label)


def lines(
    labels: Sequence[str],
    parts: Sequence[Part],
    values: Sequence[Sequence[float | None]],
    *,
    written: Callable[[float], str],
    label: str,
) -> Drawing:
    """A line for each part; `values`: of each part, by label; None: there is none, a gap."""
    there = [value for some in values for value in some if value is not None]
    frame = _frame(max(there, default=0), 90.0, is_whole=False)
    marks = [*_grid(frame, written), *_legend(parts)]
    slot = (WIDTH - LEFT - RIGHT) / max(1, len(labels))
    for part, some in zip(parts, values, strict=True):
        for run in _runs(some):
            points = [(LEFT + slot * (at + 0.5), frame.y(value)) for at, value in run]
            marks.append(Line(points, part.tone, 1.4))
            marks += [Box(x - 1.5, y - 1.5, 3, 3, part.tone) for x, y in points]
    return Drawing(_total(frame), [*marks, *_below(labels, frame)], label)


def bars(rows: Sequence[Bar], *, label: str, name_width: float = 130.0) -> Drawing:
    """Horizontal bars, one below the other, with their names before and their texts behind them."""
    row_height, text_width = 17.0, 84.0
    most = max((row.value for row in rows), default=0) or 1
    marks: list[Mark] = []
    for number, row in enumerate(rows):
        top = number * row_height
        width = max(1.0, (WIDTH - name_width - text_width) * max(0.0, row.value) / most)
        marks += [
            Words(0, top + 11, _fitting(row.name, name_width - 6, 8.5), "text", size=8.5),
            Box(name_width, top + 3, width, 10.5, row.tone, f"{row.name}: {row.text}"),
            Words(name_width + width + 6, top + 11, row.text, "text", size=8.5),
        ]
    return Drawing(max(row_height, len(rows) * row_height), marks, label)


def heat(
    names: Sequence[str], grid: Sequence[Sequence[int]], *, told: Callable[[int, int, int], str],
    label: str,
) -> Drawing:  # fmt: skip
    """A cell for each weekday and hour, the darker the more; `told`: of day, hour, count."""
    cell_width, cell_height, left = (WIDTH - LEFT - RIGHT) / 24, 11.5, LEFT
    most = max((count for row in grid for count in row), default=0) or 1
    marks: list[Mark] = []
    for day, (name, row) in enumerate(zip(names, grid, strict=True)):
        top = day * cell_height
        marks.append(Words(0, top + 8.7, name))
        for hour, count in enumerate(row):
            box = (left + hour * cell_width + 0.75, top + 0.75, cell_width - 1.5, cell_height - 1.5)
            title = told(day, hour, count)
            if count:
                opacity = 0.15 + 0.85 * count / most
                marks.append(Box(*box, "accent", title, round(opacity, 2)))
            else:
                marks.append(Box(*box, "line", title, 0.5))
    bottom = 7 * cell_height
    marks += [
        Words(left + hour * cell_width, bottom + 11, f"{hour:02}") for hour in range(0, 24, 3)
    ]
    return Drawing(bottom + 14, marks, label)


def _frame(most: float, height: float, *, is_whole: bool) -> Frame:
    """A scale that ends at a round number, in four or five steps."""
    raw = (most or 1) / 4
    power = 10 ** math.floor(math.log10(raw))
    step = next(power * one for one in (1, 2, 2.5, 5, 10) if power * one >= raw)
    step = max(1.0, math.ceil(step)) if is_whole else step
    return Frame(step * max(1, math.ceil((most or 1) / step)), step, height)


def _grid(frame: Frame, written: Callable[[float], str]) -> list[Mark]:
    marks: list[Mark] = []
    for number in range(round(frame.most / frame.step) + 1):
        y = frame.y(number * frame.step)
        marks.append(Line([(LEFT, y), (WIDTH - RIGHT, y)], "line", 0.6))
        marks.append(Words(LEFT - 5, y + 2.8, written(number * frame.step), anchor="end", size=7.5))
    return marks


def _legend(parts: Sequence[Part]) -> list[Mark]:
    marks: list[Mark] = []
    x = LEFT
    for part in parts:
        marks += [Box(x, 2.5, 7, 7, part.tone), Words(x + 11, 9, part.name, size=8)]
        x += 26 + _width(part.name, 8)
    return marks


def _width(text: str, size: float) -> float:
    """About how wide it is: Chinese as wide as high, others half of that."""
    return sum(size if ord(one) > 0x2E7F else size * 0.54 for one in text)


def _fitting(text: str, width: float, size: float) -> str:
    """As much of it as has room, an ellipsis for the rest."""
    if _width(text, size) <= width:
        return text
    while text and _width(text, size) + size > width:
        text = text[:-1]
    return text.rstrip() + "…"


def _below(labels: Sequence[str], frame: Frame) -> list[Mark]:
    """Every third label or so, below the bars."""
    slot = (WIDTH - LEFT - RIGHT) / max(1, len(labels))
    every = max(1, math.ceil(len(labels) / 11))
    y = _total(frame) - 5
    return [
        Words(LEFT + slot * (at + 0.5), y, name, anchor="middle", size=7.5)
        for at, name in enumerate(labels)
        if at % every == 0
    ]


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    runs: list[list[tuple[int, float]]] = [[]]
    for at, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((at, value))
    return [run for run in runs if run]


def _told(name: str, parts: Sequence[Part], values: Sequence[int]) -> str:
    return f"{name}: " + ", ".join(
        f"{part.name} {value:,}" for part, value in zip(parts, values, strict=True) if value
    )


def _total(frame: Frame) -> float:
    return TOP + LEGEND + frame.height + BOTTOM
