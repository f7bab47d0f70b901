"""Tells which lines of a PDF page are headings, and of which level."""

import re
from collections.abc import Sequence

from ingest.loaders.markdown_blocks import is_cjk
from ingest.loaders.pdf_cells import Line

ENDS_SENTENCE = (".", "!", "?", "。", "！", "？", "；", ":", "：", ";")
_NUMBERED = re.compile(r"([1-9]\d?(?:\.[1-9]\d?){1,3})\.?\s+(\S)")
_APPENDIX = re.compile(r"[A-Z]$")
_NUMBERED_CHARS = 70


def heading_levels(lines: Sequence[Line], body: float, pitch: float) -> list[int]:
    """For each line: 1..6 when it looks like a heading, else 0.

    Larger or bold lines are headings, and short ones numbered like "4.2 Cleaning" that stand apart.
    """
    levels = []
    for i, line in enumerate(lines):
        level = _level_by_font(line, body)
        if level in {0, 3} and (number := _number(line)):
            above = lines[i - 1] if i else None
            below = lines[i + 1] if i + 1 < len(lines) else None
            is_heading = level == 3 or _is_apart(above, line, below, (body, pitch))
            level = min(2 + number.count("."), 6) if is_heading else 0
        levels.append(level)
    return levels


def _level_by_font(line: Line, body: float) -> int:
    text = line.text.rstrip("\x02")
    is_row = line.cells and not _APPENDIX.match(line.cells[0].text)
    if is_row or not body or len(text) > 120 or len(text) < 2:
        return 0
    if not re.search(r"[^\W\d_]", text):
        return 0
    ratio = line.size / body
    if ratio >= 1.5:
        return 1
    if ratio >= 1.15:
        return 2
    is_sentence = text.endswith((".", "。", "，", ",", ";", "；"))
    return 3 if line.is_bold and ratio >= 0.95 and len(text) <= 80 and not is_sentence else 0


def _number(line: Line) -> str:
    """The number of a line like "4.2 Cleaning", which is no sentence; else nothing."""
    found = _NUMBERED.match(line.text)
    if not found or line.cells or len(line.text) > _NUMBERED_CHARS:
        return ""
    is_name = found[2].isupper() or is_cjk(found[2])
    is_sentence = line.text.endswith((*ENDS_SENTENCE, ",", "，", "\x02")) or re.search(
        r"[.!?]\s|[。！？]", line.text[found.start(2) :]
    )
    return found[1] if is_name and not is_sentence else ""


def _is_apart(
    above: Line | None, line: Line, below: Line | None, usual: tuple[float, float]
) -> bool:
    """Whether a numbered line heads what follows: it is no entry of a list, no wrapped text."""
    body, pitch = usual
    number = _number(line)
    if below is None or line.size < 0.95 * body:
        return False
    if (under := _number(below)) and not under.startswith(f"{number}."):
        return False
    if above and _number(above) and not number.startswith(f"{_number(above)}."):
        return False
    if line.size >= 1.03 * body:
        return True
    gap = above.y - line.y if above else 2 * pitch
    return (above is None or above.text.endswith(ENDS_SENTENCE)) and gap > 1.2 * pitch
