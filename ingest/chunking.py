"""Structure-aware chunks: under one heading, of about the wanted size, sentences never cut."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import ceil

from ingest.chunking_pages import Sheet, lay_out
from ingest.chunking_units import Unit, count_tokens, units_of
from ingest.loaders.protocol import Block, BlockKind, ParsedPage

SLACK = 1.25  # what is at most this much over the wanted size stays whole
_TINY = 1 / 6  # of the wanted size: smaller chunks join a neighbour
_MAX_HEADING = 160


@dataclass(frozen=True, slots=True)
class ChunkDraft:
    """A chunk before it is stored: `text` is version_text[start:end].

    The version text is the texts of the pages joined by form feeds. `context` holds what a reader
    needs in front of the text: title, headings above it, header row of a table that goes on.
    """

    ordinal: int
    page: int
    start: int
    end: int
    heading: str
    context: str
    text: str


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    text: str
    start: int


@dataclass(slots=True)
class _Open:
    """The chunk that is being filled."""

    path: tuple[_Heading, ...]
    header: str = ""
    units: list[Unit] = field(default_factory=list)
    has_body: bool = False

    @property
    def tokens(self) -> float:
        return sum(unit.tokens for unit in self.units)


def chunk_pages(
    pages: Iterable[ParsedPage], *, title: str, target_tokens: int
) -> Iterator[ChunkDraft]:
    """Cut pages into chunks of about `target_tokens`, context included, in order.

    Spans are exact, ordered, disjoint, and cover all visible text. A chunk lies on one page, unless
    its last sentence runs over the page break. Paragraphs and tables up to 1.25 times the size stay
    whole; larger ones are cut between sentences (rows), into parts of like size. Pages are taken
    one by one: at most two are in memory.
    """
    packer = _Packer(title, target_tokens)
    ordinal = 0
    for sheet in lay_out(pages, most_tokens=target_tokens / 2):
        for chunk in packer.pack(sheet):
            yield _draft(ordinal, sheet, chunk, title)
            ordinal += 1


class _Packer:
    """Fills chunks from the blocks of one sheet after another; the heading path goes on."""

    def __init__(self, title: str, target: int) -> None:
        self._title_tokens = count_tokens(title)
        self._target = target
        self._path: tuple[_Heading, ...] = ()
        self._done: list[_Open] = []
        self._open = _Open(())

    def pack(self, sheet: Sheet) -> list[_Open]:
        """The chunks of one sheet, in order."""
        self._done, self._open = [], _Open(self._path)
        for block in sheet.blocks:
            if block.kind is BlockKind.HEADING:
                self._enter(sheet, block)
            else:
                self._fill(sheet, block)
        self._close()
        self._join_tiny_tail()
        return self._done

    def _enter(self, sheet: Sheet, block: Block) -> None:
        text = sheet.text[block.start : block.end]
        heading = _Heading(block.level, text[:_MAX_HEADING], sheet.offset + block.start)
        self._path = (*(above for above in self._path if above.level < block.level), heading)
        if self._open.has_body and self._open.tokens >= _TINY * self._target:
            self._close()
        units = units_of(sheet.text, block, self._budget() * SLACK)
        if self._open.units:
            self._make_room(units)
        self._take(units, is_body=False)

    def _fill(self, sheet: Sheet, block: Block) -> None:
        header = block.header if count_tokens(block.header) <= self._budget() / 3 else ""
        budget = self._budget() - (count_tokens(header) if header else 0)
        units = units_of(sheet.text, block, budget * SLACK)
        tokens = sum(unit.tokens for unit in units)
        room = self._budget()
        if self._open.tokens + tokens <= room or (
            not self._open.has_body and self._open.tokens + tokens <= room * SLACK
        ):
            self._take(units)
        elif tokens <= room * SLACK:
            self._close()
            self._take(units)
        else:
            self._split(units, budget, header)

    def _split(self, units: list[Unit], budget: float, header: str) -> None:
        """Spread units over chunks of like size; headings just above stay with the first."""
        if self._open.has_body:
            self._close()
        for number, part in enumerate(_balanced(units, budget, self._open.tokens)):
            if number:
                self._close()
                self._open.header = header
            self._take(part)
        if header:
            self._close()

    def _make_room(self, units: list[Unit]) -> None:
        if self._open.tokens + sum(unit.tokens for unit in units) > self._budget():
            self._close()

    def _take(self, units: list[Unit], *, is_body: bool = True) -> None:
        chunk = self._open
        if not chunk.units or not chunk.has_body:
            chunk.path = self._path
        elif is_body:
            chunk.path = _common(chunk.path, self._path)
        chunk.units += units
        chunk.has_body |= is_body and bool(units)

    def _close(self) -> None:
        if self._open.units:
            self._done.append(self._open)
        self._open = _Open(self._path)

    def _join_tiny_tail(self) -> None:
        if len(self._done) < 2 or self._done[-1].tokens >= _TINY * self._target:
            return
        before, tail = self._done[-2:]
        if before.tokens + tail.tokens <= self._budget() * SLACK and not (
            before.header or tail.header
        ):
            before.units += tail.units
            self._done.pop()

    def _budget(self) -> float:
        above = sum(count_tokens(heading.text) for heading in self._path)
        return max(self._target - self._title_tokens - above, self._target / 2)


def _balanced(units: list[Unit], budget: float, taken: float) -> Iterator[list[Unit]]:
    """Runs of units of about equal size, none much over the budget; the first has `taken` less."""
    total = taken + sum(unit.tokens for unit in units)
    goal = total / max(1, ceil(total / budget - 0.1))
    part: list[Unit] = []
    size = taken
    for unit in units:
        if part and (size + unit.tokens / 2 > goal or size + unit.tokens > budget * SLACK):
            yield part
            part, size = [], 0.0
        part.append(unit)
        size += unit.tokens
    if part:
        yield part


def _common(one: tuple[_Heading, ...], other: tuple[_Heading, ...]) -> tuple[_Heading, ...]:
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    return one[:same]


def _draft(ordinal: int, sheet: Sheet, chunk: _Open, title: str) -> ChunkDraft:
    start, end = chunk.units[0].start, chunk.units[-1].end
    first = sheet.offset + start
    above = [
        heading.text for heading in chunk.path if heading.start < first and heading.text != title
    ]
    lines = [title, " > ".join(above), chunk.header]
    return ChunkDraft(
        ordinal=ordinal,
        page=sheet.number,
        start=first,
        end=sheet.offset + end,
        heading=" > ".join(heading.text for heading in chunk.path),
        context="\n".join(line for line in lines if line),
        text=sheet.text[start:end],
    )
