"""Where a short answer really begins and ends: no word, number, unit or bracket is cut."""

import re

from apps.generation.reading.shapes import Region, Shape, regions

_PAIRS = ("()", "（）", "[]", "【】", "「」", "『』", "《》", "〈〉", "“”", '""')
_EDGES = " \t\n,;:，、；：。"
_FAR = 60  # characters to the missing half of a pair
_NUMERAL = re.compile(r"[\d零〇一二三四五六七八九十百千两兩]")
_DATE_PART = re.compile(r"\d+\s?[年月日号號]?")
_DAY = re.compile(r"\d{1,2}")
_MORE_UNIT = re.compile(
    r"(?<=个)(?:工作日|自然日|百分点|小时|星期|学分|年度|月)"
    r"|(?<=個)(?:工作日|自然日|百分點|小時|星期|學分|年度|月)"
    r"|(?<=\d)[ -](?:working|business|calendar|consecutive)[ -](?:day|week|month|hour)s?\b"
)
_GAP = re.compile(r"\n[ \t]*\n\s*|\f")
_HAN = re.compile(r"[\u3400-\u9fff]")
_AMOUNTS = (Shape.NUMBER, Shape.MONEY, Shape.PERCENT)

Bounds = tuple[int, int]


def whole_answer(text: str, span: Bounds, *, within: Bounds, question: str = "") -> Bounds:
    """`span` of `text` widened inside `within` (its sentence) until it cuts nothing.

    A number gets its unit, its decimals, its currency, unless the question names the unit already;
    a part of a date stays a part ("2023" of "2023年5月"), but a lone day gets its month. A bracket
    or quotation mark gets its other half, or goes. Never empty unless `within` is.
    """
    first, last = within
    start, end = max(first, span[0]), min(last, span[1])
    if start >= end:
        return within
    inside = (start, end)
    start, end = _whole_words(text, start, end, within)
    offset, sentence = first, text[first:last]
    for region in regions(sentence, is_chinese=_HAN.search(sentence) is not None):
        whole = Region(region.start + offset, region.end + offset, region.shape)
        if whole.start < end and start < whole.end:
            start, end = _with_unit(text, (start, end), whole, question)
    more = _MORE_UNIT.match(text, end, last)
    if more and more[0].strip(" -") not in question:
        end = more.end()
    start, end = _balanced(text, *_trimmed(text, start, end), within)
    return (start, end) if start < end else inside


def in_one_paragraph(text: str, span: Bounds) -> Bounds:
    """The longest part of `span` without an empty line or page break in it, the first of equals:
    an answer ends with its paragraph."""
    parts, start = [], span[0]
    for gap in _GAP.finditer(text, *span):
        parts.append((start, gap.start()))
        start = gap.end()
    return max([*parts, (start, span[1])], key=lambda part: part[1] - part[0])


def _whole_words(text: str, start: int, end: int, within: Bounds) -> Bounds:
    while start > within[0] and _is_one(text, start):
        start -= 1
    while end < within[1] and _is_one(text, end):
        end += 1
    return start, end


def _is_one(text: str, place: int) -> bool:
    """Whether a word or number goes on across `place`."""
    left, right = text[place - 1], text[place]
    if _is_latin(left) and _is_latin(right):
        return True
    if left.isdigit() and right in ".,:/" and text[place + 1 : place + 2].isdigit():
        return True
    return left in ".,:/" and right.isdigit() and text[max(0, place - 2) : place - 1].isdigit()


def _is_latin(char: str) -> bool:
    return char.isalnum() and char < "\u2e80"


def _with_unit(text: str, span: Bounds, region: Region, question: str) -> Bounds:
    start, end = span
    if start <= region.start and region.end <= end:
        return span
    if region.shape in _AMOUNTS and _NUMERAL.search(text, max(start, region.start), end):
        if region.start == start and _is_named(text[end : region.end], question):
            return span
        return min(start, region.start), max(end, region.end)
    if region.shape == Shape.DATE:
        return _with_date_part(text, span, region)
    return span


def _is_named(unit: str, question: str) -> bool:
    unit = unit.strip()
    return unit.isalpha() and unit.casefold() in question.casefold()


def _with_date_part(text: str, span: Bounds, region: Region) -> Bounds:
    start, end = span
    if _DAY.fullmatch(text, start, end) and not _HAN.search(text, region.start, region.end):
        return region.start, region.end
    for part in _DATE_PART.finditer(text, region.start, region.end):
        if part.start() < end and start < part.end():
            start, end = min(start, part.start()), max(end, part.end())
    return start, end


def _trimmed(text: str, start: int, end: int) -> Bounds:
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES:
        end -= 1
    return start, end


def _balanced(text: str, start: int, end: int, within: Bounds) -> Bounds:
    for pair in _PAIRS:
        opening, closing = pair[0], pair[1]
        inside = text[start:end]
        if opening == closing:
            lacks_closing = inside.count(opening) % 2 == 1
            lacks_opening = lacks_closing and not inside.startswith(opening)
            lacks_closing = lacks_closing and not lacks_opening
        else:
            lacks_closing = inside.count(opening) > inside.count(closing)
            lacks_opening = inside.count(closing) > inside.count(opening)
        if lacks_closing:
            start, end = _closed(text, start, end, pair, within[1])
        elif lacks_opening:
            start, end = _opened(text, start, end, pair, within[0])
    return start, end


def _closed(text: str, start: int, end: int, pair: str, limit: int) -> Bounds:
    place = text.find(pair[1], end, min(limit, end + _FAR))
    if place >= 0:
        return start, place + 1
    cut = text.rindex(pair[0], start, end)
    if cut == start:
        return _trimmed(text, start + 1, end)
    return _trimmed(text, start, cut)


def _opened(text: str, start: int, end: int, pair: str, limit: int) -> Bounds:
    place = text.rfind(pair[0], max(limit, start - _FAR), start)
    if place >= 0:
        return place, end
    cut = text.index(pair[1], start, end)
    if cut == end - 1:
        return _trimmed(text, start, end - 1)
    return _trimmed(text, cut + 1, end)
