"""Where sentences end, in Chinese and in languages that put spaces between words."""

import re
from collections.abc import Iterator

# A run of marks that ends a sentence, with the quotes and brackets that close it.
_CLOSERS = "\"'”’」』）)】》〉］\\]"
_END = re.compile(
    rf"[。！？!?…]+[{_CLOSERS}]*|；|\.+[{_CLOSERS}]*(?=\s|$)|\n[ \t]*\n\s*|\n",
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[\"'“])(?:mr|mrs|ms|dr|prof|sr|jr|st|vs|etc|e\.g|i\.e|cf|al|no|nos|fig|figs|eq|eqs|sec|ch|"
    r"vol|pp?|ed|eds|inc|ltd|co|corp|dept|approx|est|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|"
    r"u\.s|u\.k|u\.n|a\.m|p\.m|ph\.d|[a-z])\.$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:^|\n)\s*[(（]?\d{1,3}(?:\.\d{1,3})*\.$")
_STARTS_SENTENCE = re.compile(r"\s*[\"'“‘(\[「『（]*[^\sa-z,;:)\]]")
_STARTS_LINE = re.compile(
    r"\n\s*(?:[-*•·○●▪]\s|[(（]?\d{1,3}[.)、）]|[(（][一二三四五六七八九十]+[)）])"
)
_HARD_ENDS = "。！？；：:!?"
_CLAUSE = re.compile(r"\n|[，、,;:；：）)]\s*|\s+[-–—]\s+")


def split(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield the (start, end) of each sentence of text[start:end], in order, without blanks around.

    Every visible character is in exactly one of them. Points in numbers, abbreviations and initials
    end nothing; a line break does where the line is a complete one or a list item follows.
    """
    stop = len(text) if end is None else end
    begin = at = start
    while match := _END.search(text, at, stop):
        at = match.end()
        if _ends(text, begin, match, stop):
            yield from _stripped(text, begin, at)
            begin = at
    yield from _stripped(text, begin, stop)


def split_clauses(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut a sentence into clauses: at line breaks, commas, colons, closing brackets."""
    begin = start
    for match in _CLAUSE.finditer(text, start, end):
        yield from _stripped(text, begin, match.end())
        begin = match.end()
    yield from _stripped(text, begin, end)


def _ends(text: str, begin: int, match: re.Match[str], stop: int) -> bool:
    mark = match[0]
    if "\n" in mark:
        line = text[max(begin, match.start() - 200) : match.start()].rstrip()
        return (
            mark.count("\n") > 1
            or not line
            or line[-1] in _HARD_ENDS
            or bool(_STARTS_LINE.match(text, match.start(), stop))
        )
    if mark[0] in "。！？；…":
        return True
    if mark[0] == ".":
        before = text[max(begin, match.start() - 20) : match.start() + 1]
        if len(mark.rstrip(_CLOSERS)) == 1 and (
            _ABBREVIATION.search(before) or _NUMBERED.search(before)
        ):
            return False
    return match.end() >= stop or _STARTS_SENTENCE.match(text, match.end(), stop) is not None


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end
