"""Where sentences begin and end; each row of a table is one."""

import re

_CLOSERS = "\"'”’）)」』》】\\]"
_BREAK = re.compile(
    rf"[。！？!?…]+[{_CLOSERS}]*"
    rf"|\.[{_CLOSERS}]*(?=\s+[\"'“‘(\[]?[A-Z0-9\u3400-\u9fff])"
    r"|\n+|\f"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|etc|No|Nos|Fig|Eq|Sec|Ch|Vol|pp|cf|ca|Inc|Ltd|Co|Corp|"
    r"Gen|Col|Lt|Sgt|Rev|Hon|Gov|Sen|Rep|Pres|approx|e\.g|i\.e|a\.m|p\.m)|\b[A-Z](?:\.[A-Z])*)$"
)
_MANY = 700
_NUMBERED = re.compile(
    r"(?:\d+(?:\.\d+)*\.?\s|第[一二三四五六七八九十百\d]+[章节節条條编編部]|[一二三四五六七八九十]+、"
    r"|(?:Chapter|Section|Article|Part)\s+\S+)"
)
_TITLE_LENGTH = 80
_SECTION = re.compile(
    r"(?P<number>\d{1,2}\.(?:\d{1,2}\b\.?)*)[ \t]+[A-Z\u3400-\u9fff]"
    r"[^\n]{0,80}(?<![.。！？!?])(?:\n\n|$)"
)


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of `text` in order, without surrounding white space, none empty."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _BREAK.finditer(text):
        if match[0].startswith(".") and _ends_no_sentence(text, start, match.start()):
            continue
        if match[0] in "!?" and text[match.end() : match.end() + 1].isalnum():
            continue  # inside an address or a code
        spans.extend(_trimmed(text, start, match.end()))
        start = match.end()
    spans.extend(_trimmed(text, start, len(text)))
    return spans


def _ends_no_sentence(text: str, start: int, stop: int) -> bool:
    """The full stop at `stop` belongs to an abbreviation or to the number of a heading."""
    is_number = text[start:stop].strip().replace(".", "").isdigit()
    return is_number or _ABBREVIATION.search(text, start, stop) is not None


def is_title(text: str, start: int, end: int, heading: str) -> bool:
    """Whether `text[start:end]` only announces what follows: a question, or a line of its own
    that is one of the headings (`A > B`) or numbered like one and ends no sentence."""
    line = text[start:end]
    if line.endswith(("?", "？")):
        return True
    stands_alone = text[end : end + 1] in ("", "\n") and text[start - 1 : start] in ("", "\n")
    if not stands_alone or len(line) > _TITLE_LENGTH:
        return False
    if line in heading.split(" > "):
        return True
    return bool(_NUMBERED.match(line)) and line[-1] not in ".。!！;；:：,，%"


def is_section_number(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` is no more than the number of a section: "2.1" where "2.1 Annual
    leave" is a paragraph of its own."""
    first = text.rfind("\n\n", 0, start)
    found = _SECTION.match(text, 0 if first < 0 else first + 2)
    return found is not None and found.start() <= start and end <= found.end("number")


def _trimmed(text: str, start: int, end: int) -> list[tuple[int, int]]:
    piece = text[start:end]
    kept = piece.strip()
    if not any(char.isalnum() for char in kept):
        return []
    start += piece.index(kept[0])
    if len(kept) <= _MANY:
        return [(start, start + len(kept))]
    return _at_commas(text, start, start + len(kept))


def _at_commas(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Parts of an endless sentence, each at most `_MANY` characters, cut behind commas."""
    parts: list[tuple[int, int]] = []
    while end - start > _MANY:
        cut = max(text.rfind(mark, start, start + _MANY) for mark in "；;，,、 ")
        cut = cut + 1 if cut > start else start + _MANY
        parts.append((start, cut))
        start = cut
    return [*parts, (start, end)] if start < end else parts
