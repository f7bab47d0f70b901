"""A page's blocks as semantic HTML: headings, paragraphs, lists, tables, code."""

import re

from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.knowledge.models import Page
from apps.portal.sources import tables
from apps.portal.sources.passages import Marker, joined
from ingest.loaders.protocol import Block, BlockKind
from ingest.page_blocks import blocks_of

_PARAGRAPH = re.compile(r"\S.*(?:\n[ \t]*[^ \t\n].*)*")  # each character is looked at once
_BULLET = re.compile(r"([ \t]*)[-*+•·○●▪■◦‣][ \t]+")
_NUMBER = re.compile(r"([ \t]*)(?:\d{1,9}[.)、]|[(（][\d一二三四五六七八九十]{1,3}[)）])[ \t]*")
_FACT = re.compile(r"(?![-*+•]\s)([^\s:：][^:：\n]{0,39})[:：](?!//)[ \t]*(?=\S)")
_DEEPEST = 4


def page_html(page: Page, marker: Marker) -> SafeString:
    """The page, every character of it data, the cited ones marked."""
    blocks = blocks_of(page) or guessed_blocks(page.text)
    return joined([_block(page.text, block, marker) for block in blocks])


def guessed_blocks(text: str) -> list[Block]:
    """Blocks of a text that came without: parted by blank lines; Markdown tables are tables."""
    found = []
    for match in _PARAGRAPH.finditer(text):
        words = match[0].rstrip()
        kind = BlockKind.TABLE if tables.is_table(words) else BlockKind.TEXT
        found.append(Block(kind, match.start(), match.start() + len(words)))
    return found


def _block(text: str, block: Block, marker: Marker) -> SafeString:
    match block.kind:
        case BlockKind.HEADING:
            words = marker.html(block.start, block.end)
            level = min(max(block.level, 1) + 1, 6)
            return format_html('<h{} dir="auto">{}</h{}>', level, words, level)
        case BlockKind.TABLE:
            return _table(text, block, marker)
        case BlockKind.LIST:
            return _list(text, block, marker)
        case BlockKind.CODE:
            words = marker.html(block.start, block.end)
            return format_html('<pre dir="ltr"><code>{}</code></pre>', words)
        case _:
            return format_html('<p dir="auto">{}</p>', marker.html(block.start, block.end))


def _table(text: str, block: Block, marker: Marker) -> SafeString:
    table = tables.table_of(text, block.start, block.end)
    if not table.width:
        return format_html('<p dir="auto">{}</p>', marker.html(block.start, block.end))
    head = SafeString("")
    if table.header:
        cells = [
            format_html('<th scope="col" dir="auto">{}</th>', marker.html(cell.start, cell.end))
            for cell in table.header.cells
        ]
        head = format_html("<thead><tr>{}</tr></thead>", joined(cells))
    rows = [
        format_html("<tr>{}</tr>", joined([_cell(cell, marker) for cell in row.cells]))
        for row in table.rows
    ]
    return format_html(
        '<div class="table-frame" tabindex="0">'
        '<table class="table">{}<tbody>{}</tbody></table></div>',
        head,
        joined(rows),
    )


def _cell(cell: tables.Cell, marker: Marker) -> SafeString:
    opening = SafeString('<td class="number">' if cell.is_figure else '<td dir="auto">')
    return format_html("{}{}</td>", opening, marker.html(cell.start, cell.end))


def _list(text: str, block: Block, marker: Marker) -> SafeString:
    lines, at = [], block.start
    for line in text[block.start : block.end].split("\n"):
        if line.strip():
            lines.append((at, at + len(line)))
        at += len(line) + 1
    if all(_FACT.match(text[start:end]) for start, end in lines):
        return _facts(text, lines, marker)
    return format_html(
        '<ul class="items">{}</ul>',
        joined([_item(text, start, end, marker) for start, end in _items(text, lines)]),
    )


def _items(text: str, lines: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Lines that begin no item of their own belong to the one above."""
    has_marks = any(_BULLET.match(text, start) or _NUMBER.match(text, start) for start, _ in lines)
    items: list[tuple[int, int]] = []
    for start, end in lines:
        begins = _BULLET.match(text, start) or _NUMBER.match(text, start)
        if items and has_marks and not begins:
            items[-1] = (items[-1][0], end)
        else:
            items.append((start, end))
    return items


def _item(text: str, start: int, end: int, marker: Marker) -> SafeString:
    bullet, number = _BULLET.match(text, start, end), _NUMBER.match(text, start, end)
    found = bullet or number
    depth = min(len(found[1].expandtabs(4)) // 2, _DEEPEST) if found else 0
    style = "bullet" if bullet else "numbered" if number else "bare"
    words = marker.html(bullet.end() if bullet else start, end)
    return format_html('<li class="{} depth-{}" dir="auto">{}</li>', style, depth, words)


def _facts(text: str, lines: list[tuple[int, int]], marker: Marker) -> SafeString:
    """Lines `name: value`, such as the head of a mail."""
    rows = []
    for start, end in lines:
        name = _FACT.match(text, start, end)
        stop, begin = (name.end(1), name.end()) if name else (start, start)
        rows.append(
            format_html(
                '<dt dir="auto">{}</dt><dd dir="auto">{}</dd>',
                marker.html(start, stop),
                marker.html(begin, end),
            )
        )
    return format_html('<dl class="facts">{}</dl>', joined(rows))
