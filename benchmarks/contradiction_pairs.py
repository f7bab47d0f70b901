"""Sentences made out of a passage's own: such as say the same, such as say the opposite.

Transformations like those of FactCC (Kryscinski et al., EMNLP 2020): negation, number and name
swaps, and of ours duties, directions, bounds. Words are changed by rule, so what comes out is not
always good English or Chinese; the wording of people comes from questions with their answers.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from apps.modelhub.glossaries.script import simplified, traditional
from benchmarks.contradiction_words import (
    BOUNDS,
    DIRECTIONS,
    DUTIES,
    NEGATED_EN,
    NEGATED_ZH,
    OPPOSITES,
    SAME,
    UNITS,
    UNNEGATED_EN,
    UNNEGATED_ZH,
)

Pairs = Sequence[tuple[str, str]]
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?![\d\w]*[A-Za-z])(?!\.\d)")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+(?: [A-Z][a-z]+)*|^(?!The |In |On |A |At )[A-Z][a-z]+"
                   r"(?: [A-Z][a-z]+)+")  # fmt: skip
_BY_ZH = re.compile(
    r"^([\u4e00-\u9fff]{2,6})([由被])([\u4e00-\u9fff]{2,4})(?=[所创創建主导導设設发發])"
)
_WHO = re.compile(r"^Who (?!did|do|does|else)")
_HOW_MANY = re.compile(r"^How many (?=\w+ (?!did|do|does|is|was|were|are|has|have|had|can|will))")
_ASKED_ZH = re.compile(
    r"谁|誰|哪一年|哪年|何时|何時|什么时候|什麼時候|多少|几|幾|哪里|哪裡|什么|什麼|哪个|哪個"
)
_LONGEST_ANSWER = 25
_SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
          "eleven", "twelve")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence made out of `passage`: how, and whether it still says the same."""

    said: str
    passage: str
    how: str
    is_faithful: bool


def pairs_of(sentence: str, passage: str, dice: random.Random) -> Iterator[Pair]:
    """What can be made of one sentence of a passage; kinds that do not fit are left out."""
    is_chinese = bool(re.search(r"[\u4e00-\u9fff]", sentence))
    faithful, contradicting = _makers(is_chinese)
    for makers, is_faithful in ((faithful, True), (contradicting, False)):
        for how, make in makers.items():
            said = make(sentence, passage, dice)
            if said and said != sentence and said.strip(" .。") not in passage:
                yield Pair(said, passage, how, is_faithful)


def told_by_people(question: str, answer: str, passage: str) -> Pair | None:
    """The question as a statement, its answer put in: the words of whoever asked."""
    if len(answer) > _LONGEST_ANSWER:
        return None
    for pattern, instead in ((_WHO, f"{answer} "), (_HOW_MANY, f"{answer} ")):
        if pattern.match(question):
            said = pattern.sub(instead.replace("\\", ""), question).rstrip("? ") + "."
            return Pair(said, passage, "asked", True)
    found = _ASKED_ZH.findall(question)
    if len(found) != 1:
        return None
    before, behind = question.rstrip("？? ").split(found[0], 1)
    if found[0] in "多少几幾" and behind[:1] in "个個" and not answer.isdigit():
        return None
    if answer[-1:] == behind[:1]:
        behind = behind[1:]
    return Pair(f"{before}{answer}{behind}。", passage, "asked", True)


Maker = Callable[[str, str, random.Random], str]


def _makers(is_chinese: bool) -> tuple[dict[str, Maker], dict[str, Maker]]:
    n = 1 if is_chinese else 0
    faithful = {
        "moved": _moved,
        "dropped": _dropped,
        "synonyms": _replaced(SAME[n]),
        "written": _written_zh if is_chinese else _written_en,
    }
    contradicting = {
        "negated": _replaced(NEGATED_ZH if is_chinese else NEGATED_EN),
        "unnegated": _replaced(UNNEGATED_ZH if is_chinese else UNNEGATED_EN),
        "number": _other_number,
        "number_near": _near_number,
        "numbers_swapped": _swapped_numbers,
        "unit": _replaced(UNITS[n]),
        "bound": _replaced(BOUNDS[n]),
        "duty": _replaced(DUTIES[n]),
        "direction": _replaced(DIRECTIONS[n]),
        "opposite": _replaced(OPPOSITES[n]),
        "roles": _swapped_names,
    }
    return faithful, contradicting


def _replaced(pairs: Pairs) -> Maker:
    """One word that a pattern finds becomes another, a pattern by chance; the case is kept."""

    def make(sentence: str, _passage: str, dice: random.Random) -> str:
        plain = simplified(sentence)
        fitting = [(hit, new) for old, new in pairs if (hit := re.search(old, plain))]
        if not fitting:
            return ""
        found, new = dice.choice(fitting)
        new = found.expand(new)
        new = traditional(new) if plain != sentence else new
        if found[0][:1].isupper():
            new = new[:1].upper() + new[1:]
        return sentence[: found.start()] + new + sentence[found.end() :]

    return make


def _moved(sentence: str, _passage: str, _dice: random.Random) -> str:
    """What stands before the first comma goes to the end."""
    first, comma, rest = sentence.partition("，" if "，" in sentence else ", ")
    ends = rest.rstrip(".。")
    if not comma or "," in ends or "，" in ends or not 4 <= len(first) <= 60:
        return ""
    if comma == "，":
        return f"{ends}，{first}。"
    return f"{ends[:1].upper()}{ends[1:]}, {first[:1].lower()}{first[1:]}."


def _dropped(sentence: str, _passage: str, _dice: random.Random) -> str:
    """Without what stands between its first and its last comma, or behind the only one."""
    comma = "，" if "，" in sentence else ", "
    parts = sentence.rstrip(".。").split(comma)
    if len(parts) < 2 or len(parts[0]) < 12:
        return ""
    kept = parts[:1] if len(parts) == 2 else [parts[0], parts[-1]]
    return comma.join(kept) + ("。" if comma == "，" else ".")


def _written_en(sentence: str, _passage: str, _dice: random.Random) -> str:
    """A number in another way: 5% as 5 percent, 12,000 as 12 thousand or 12000, 3 as three."""
    ways: Pairs = (
        (r"(\d)%", r"\1 percent"),
        (r"(?<![\d,])(\d{1,3}),000\b(?!,)", r"\1 thousand"),
        (r"(?<![\d,])(\d{1,3}),(\d{3})\b(?!,)", r"\1\2"),
        (r"\b(\d+(?:\.\d)?) million\b", r"\1,000,000" if "." not in sentence else r"\1 mn"),
        *((rf"(?<![\d.,$-]){n}(?= [a-z])", name) for n, name in enumerate(_SMALL) if n > 1),
        *((rf"\b{name}\b(?= [a-z]+s\b)", str(n)) for n, name in enumerate(_SMALL) if n > 1),
    )
    return _replaced(ways)(sentence, "", random.Random(0))


def _written_zh(sentence: str, _passage: str, _dice: random.Random) -> str:
    digits = "零一二三四五六七八九"
    ways: Pairs = (
        (r"(?<![\d.,-])(\d{1,2}(?:\.\d+)?)%", r"百分之\1"),
        (r"(?<![\d.,])(\d{1,3})万(?=[元人股名])", r"\g<1>0000"),
        (r"(?<![\d.,])(\d{1,3})0000(?=[元人股名])", r"\1万"),
        *((rf"(?<![\d.年月-]){n}(?=[个名位次天周人])", digits[n]) for n in range(3, 10)),
        *((rf"(?<![一-龥]){digits[n]}(?=[个名位次])", str(n)) for n in range(3, 10)),
        *((rf"(?<=[有为共]){digits[n]}(?=[个名位次])", str(n)) for n in range(3, 10)),
    )
    return _replaced(ways)(sentence, "", random.Random(0))


def _other_number(sentence: str, passage: str, dice: random.Random) -> str:
    """A number becomes one that the passage does not have."""
    found = list(_NUMBER.finditer(sentence))
    if not found:
        return ""
    one = dice.choice(found)
    for _try in range(20):
        new = "".join(str(dice.randint(1, 9)) if char.isdigit() else char for char in one[0])
        if new not in passage:
            return sentence[: one.start()] + new + sentence[one.end() :]
    return ""


def _near_number(sentence: str, passage: str, dice: random.Random) -> str:
    """A number becomes another one of as many digits from elsewhere in the passage."""
    own = list(_NUMBER.finditer(sentence))
    known = {one[0] for one in own}
    for one in dice.sample(own, len(own)):
        behind = sentence[one.end() : one.end() + 2]
        others = sorted(
            other[0]
            for other in _NUMBER.finditer(passage)
            if len(other[0]) == len(one[0])
            and other[0] not in known
            and passage[other.end() : other.end() + 2] == behind
        )
        if others:
            return sentence[: one.start()] + dice.choice(others) + sentence[one.end() :]
    return ""


def _swapped_numbers(sentence: str, _passage: str, _dice: random.Random) -> str:
    """Two numbers of one length change places."""
    found = list(_NUMBER.finditer(sentence))
    for one, other in pairwise(found):
        is_range = other.start() - one.end() < 4
        if len(one[0]) == len(other[0]) and one[0] != other[0] and not is_range:
            between = sentence[one.end() : other.start()]
            return sentence[: one.start()] + other[0] + between + one[0] + sentence[other.end() :]
    return ""


def _swapped_names(sentence: str, _passage: str, _dice: random.Random) -> str:
    """Two names with a verb between them change places."""
    by = _BY_ZH.match(sentence)
    if by:
        return by[3] + by[2] + by[1] + sentence[by.end() :]
    found = list(_NAME.finditer(sentence))
    for one, other in pairwise(found):
        between = sentence[one.end() : other.start()]
        if re.fullmatch(r" (?:\w+ ){0,2}\w+(?:ed|led|won|s)(?: the| by| to)? ", between):
            return sentence[: one.start()] + other[0] + between + one[0] + sentence[other.end() :]
    return ""
