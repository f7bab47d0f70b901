"""Lists in a passage: bullets or numbers in lines of their own, and enumerations in a sentence."""

import re

MOST_ITEMS, MOST_CHARACTERS = 30, 1600
_MARK = (
    r"[ \t]*(?:[-*•·‣◦▪●○–][ \t]+|\d{1,3}[.)．](?!\d)[ \t]*|\d{1,3}、"
    r"|[(（][\d一二三四五六七八九十a-z]{1,3}[)）]|[一二三四五六七八九十]{1,3}、|[①-⑳]"
    r"|[a-zA-Z][.)][ \t]+)[ \t]*"
)
_ITEM = re.compile(_MARK + r"(?=\S)")
_BULLET = re.compile(r"[ \t]*[-*•·‣◦▪●○–][ \t]+")
_COLON, _STOPS, _SHORT_LINE = (":", "："), (".", "。", "!", "！"), 120
_ZH_RIGHT = re.compile(r"(?:[”》」』]?(?:、|以及|和|与|與|及|或)[^，。；：、！？\n|（）()]{1,24})+")
_ZH_LEFT = re.compile(r"(?:[^，。；：、！？\n|（）()]{1,24}、)+$")
_ZH_VERB = re.compile(
    r"包括|包含|分为|分為|分成|提交|提供|携带|攜帶|需要|带|帶|有|是|为|為|于|於|了|的"
)
_EN_RIGHT = re.compile(
    r"(?:,\s(?!and\b|or\b)[\w'’/-]+(?: [\w'’/-]+){0,3})*,?\s(?:and|or)\s"
    r"[\w'’/-]+(?: [\w'’/-]+){0,3}"
    r"(?=\s*(?:[.;:)!?\n|]|$))"
)
_EN_LEFT = re.compile(
    r"(?:(?<=: )|(?<=include )|(?<=includes )|(?<=including )|(?<=are )|(?<=were )|(?<=is )"
    r"|(?<=of )|(?<=namely )|(?<=such as )|(?<=comprises )|(?<=comprise ))"
    r"(?:[\w'’/-]+(?: [\w'’/-]+){0,3},\s)+(?:(?:and|or)\s)?$"
)

Bounds = tuple[int, int]


def list_around(text: str, span: Bounds) -> tuple[Bounds, list[Bounds]] | None:
    """The list that `span` introduces or stands in: its bounds with the line that introduces it,
    and the words of each item without its mark. None when there is none of two items or more.

    Longer ones than MOST_ITEMS or MOST_CHARACTERS end there, behind a whole item.
    """
    lines = _lines(text)
    for block in [*_blocks(text, lines), *_unmarked(text, lines)]:
        opening = _opening(text, lines, block[0])
        first = lines[block[0]][0] if opening is None else opening
        if not first <= span[0] < lines[block[-1]][1]:
            continue
        items: list[Bounds] = []
        for number in block[:MOST_ITEMS]:
            start, end = _item(text, lines[number])
            if items and end - first > MOST_CHARACTERS:
                break
            items.append((start, end))
        if span[0] < items[-1][1]:
            return (first if opening is not None else _marked(text, lines[block[0]]),
                    items[-1][1]), items  # fmt: skip
    return None


def is_numbered(text: str, start: int) -> bool:
    """Whether the item whose words begin at `start` has a number or letter, not a bullet."""
    return _BULLET.match(text, text.rfind("\n", 0, start) + 1) is None


def without_bullet(text: str, span: Bounds) -> Bounds:
    """`span` behind the bullet it begins with, if it does: one item alone is a sentence."""
    mark = _BULLET.match(text, *span)
    return (mark.end(), span[1]) if mark and mark.end() < span[1] else span


def enumeration_around(text: str, span: Bounds, *, within: Bounds) -> Bounds:
    """`span` with the items named beside it: "a" of "include: a, b and c." becomes all three.

    Only inside `within`, and only where it is clear where the first and last item end.
    """
    start, end = span
    first, last = within
    right = _ZH_RIGHT.match(text, end, last) or _EN_RIGHT.match(text, end, last)
    if right and ("、" in text[first:last] or right.re is _EN_RIGHT):
        end = right.end()
    before = text[first:start]
    zh, en = _ZH_LEFT.search(before), _EN_LEFT.search(before)
    if en:
        start = first + en.start()
    elif zh:
        opens, verb = zh.start(), None
        for verb in _ZH_VERB.finditer(before, zh.start(), before.index("、", zh.start())):
            opens = verb.end()
        if verb or zh.start() == 0 or before[zh.start() - 1] in "：:，":
            start = first + opens
    return start, end


def _lines(text: str) -> list[Bounds]:
    lines, start = [], 0
    for line in text.split("\n"):
        lines.append((start, start + len(line)))
        start += len(line) + 1
    return lines


def _blocks(text: str, lines: list[Bounds]) -> list[list[int]]:
    """Numbers of the lines of each run of at least two items; one empty line may part them."""
    blocks: list[list[int]] = []
    run: list[int] = []
    for number, (start, end) in enumerate(lines):
        line = text[start:end]
        if _ITEM.match(line):
            if not run or number - run[-1] > 2 + _more(text, lines, run[-1], number):
                run = []
                blocks.append(run)
            run.append(number)
        elif line.strip() and not _goes_on(line):
            run = []
    return [block for block in blocks if len(block) > 1]


def _unmarked(text: str, lines: list[Bounds]) -> list[list[int]]:
    """Lines without marks below one that ends in a colon, as office files give them: short ones
    that end alike, the last with a full stop or not."""
    blocks = []
    for number, line in enumerate(lines):
        if not text[slice(*line)].rstrip().endswith(_COLON):
            continue
        run: list[int] = []
        for below in range(number + 1, len(lines)):
            words = text[slice(*lines[below])].strip()
            if not words and below - (run[-1] if run else number) < 2:
                continue
            is_item = 0 < len(words) <= _SHORT_LINE and not words.endswith(_COLON)
            if not is_item or "|" in words or "\t" in words or _ITEM.match(words):
                break
            alike = not run or _is_ended(text, lines[run[0]]) == words.endswith(_STOPS)
            if not alike and not words.endswith(_STOPS):
                break
            run.append(below)
            if not alike:
                break
        blocks.append(run)
    return [run for run in blocks if len(run) > 1]


def _is_ended(text: str, line: Bounds) -> bool:
    return text[slice(*line)].rstrip().endswith(_STOPS)


def _more(text: str, lines: list[Bounds], item: int, number: int) -> int:
    """How many lines between two items belong to the first."""
    return sum(_goes_on(text[slice(*lines[between])]) for between in range(item + 1, number))


def _goes_on(line: str) -> bool:
    return line[:1] in " \t" or line[:1].islower()


def _item(text: str, line: Bounds) -> Bounds:
    start, end = line
    mark = _ITEM.match(text, start, end)
    start = mark.end() if mark else start
    while end < len(text):  # lines that belong to it
        stop = text.find("\n", end + 1)
        stop = len(text) if stop < 0 else stop
        more = text[end + 1 : stop]
        if not more.strip() or not _goes_on(more) or _ITEM.match(more):
            break
        end = stop
    return start, start + len(text[start:end].rstrip())


def _marked(text: str, line: Bounds) -> int:
    return line[0] + len(text[slice(*line)]) - len(text[slice(*line)].lstrip())


def _opening(text: str, lines: list[Bounds], first_item: int) -> int | None:
    """Where the line above the first item begins, if that introduces it."""
    for number in range(first_item - 1, max(-1, first_item - 3), -1):
        start, end = lines[number]
        line = text[start:end].rstrip()
        if line:
            return start + len(line) - len(line.lstrip()) if line.endswith(_COLON) else None
    return None
