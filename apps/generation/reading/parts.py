"""Questions that ask for more than one thing: several parts, or all items of a list."""

import re
from collections.abc import Mapping

from apps.generation.reading.queries import Query, prepare
from apps.generation.reading.questions import Wanted
from apps.generation.reading.shapes import Shape, regions

MOST_PARTS = 3
FITTING: Mapping[Wanted, frozenset[Shape]] = {
    Wanted.TIME: frozenset({Shape.DATE}),
    Wanted.COUNT: frozenset({Shape.NUMBER, Shape.PERCENT, Shape.MONEY}),
    Wanted.MONEY: frozenset({Shape.MONEY, Shape.NUMBER}),
    Wanted.PERCENT: frozenset({Shape.PERCENT, Shape.NUMBER}),
    Wanted.PERSON: frozenset({Shape.NAME}),
    Wanted.PLACE: frozenset({Shape.PLACE, Shape.NAME}),
}
_EN_ASKING = r"(?:who|whom|whose|what|which|when|where|why|how)\b"
_EN_JOINT = re.compile(
    rf"(?:,\s*(?:and\s+)?|;\s*|\s+and\s+(?:also\s+)?|\?\s+(?:and\s+)?)"
    rf"(?=(?:(?:in|at|on|to|for|by|from|with)\s+)?{_EN_ASKING})",
    re.IGNORECASE,
)
_ASKING = re.compile(
    rf"\b{_EN_ASKING}|谁|誰|什么|什麼|哪|何|多少|多久|几|幾|怎|多(?:大|长|長|高|远|遠)",
    re.IGNORECASE,
)
_ZH_JOINT = re.compile(
    r"[，,；;、？?]\s*(?:并且|並且|以及|还有|還有|又|和)?|以及|并且|並且|还有|還有|和|及"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_SEVERAL = re.compile(
    r"\b(?:what|which)\s+(?:\w+\s+){0,2}?(?:are|were)\b"
    r"|\b(?:what|which)\s+(?:\w+\s+)?(?:two|three|four|five|six|several|kinds?|types?|other)\b"
    r"|\b(?:what|which)\s+(?:\w+\s+)?(?!does\b|happens|means|makes|causes|needs)[a-z]{2,}[^sui\W]s\b"
    r"|^\s*(?:please\s+)?(?:list|name|enumerate|give)\b"
    r"|\b(?:all (?:of )?the|consists? of|made up of|comprises?|includes?|included)\b"
    r"|哪些|哪[几幾两兩三四五六七八九十]|有什么|有什麼|[几幾](?:种|種|类|類|项|項)|列出|列举|列舉"
    r"|分别|分別|包括(?:什么|什麼)|包含(?:什么|什麼)|步骤|步驟|流程",
    re.IGNORECASE,
)


def parts_of(question: str) -> tuple[Query, ...]:
    """The question's parts, each with a question word of its own; one for a plain question.

    "Who designed the printer and when?" has two. In "Who do I tell when …" the "when" asks nothing.
    """
    joint = _ZH_JOINT if _HAN.search(question) else _EN_JOINT
    pieces: list[str] = []
    start = 0
    for match in joint.finditer(question):
        before, after = question[start : match.start()], question[match.end() :]
        if _ASKING.search(before) and _ASKING.search(after):
            pieces.append(before)
            start = match.end()
    pieces.append(question[start:])
    return tuple(prepare(piece.strip()) for piece in pieces[:MOST_PARTS])


def wants_several(question: str) -> bool:
    """Whether one item of a list would be half an answer."""
    return _SEVERAL.search(question) is not None


def fits(text: str, wanted: Wanted) -> bool | None:
    """Whether `text` is, or holds, the kind of thing that is wanted; None: any text may be."""
    fitting = FITTING.get(wanted)
    if fitting is None:
        return None
    found = regions(text, is_chinese=_HAN.search(text) is not None)
    return any(region.shape in fitting for region in found)
