"""Questions that their passage no longer answers, because one word was exchanged."""

import random
import re

OPPOSITES = [
    ("first", "last"), ("most", "least"), ("largest", "smallest"), ("before", "after"),
    ("north", "south"), ("east", "west"), ("increase", "decrease"), ("highest", "lowest"),
    ("more", "less"), ("oldest", "youngest"), ("start", "end"), ("began", "ended"),
    ("won", "lost"), ("born", "buried"), ("early", "late"), ("maximum", "minimum"),
    ("import", "export"), ("above", "below"), ("father", "mother"), ("allowed", "forbidden"),
    ("最大", "最小"), ("第一", "最后"), ("最高", "最低"), ("之前", "之后"), ("以前", "以后"),
    ("增加", "减少"), ("父亲", "母亲"), ("出生", "去世"), ("最早", "最晚"), ("开始", "结束"),
    ("成立", "解散"), ("出口", "进口"), ("最多", "最少"), ("上升", "下降"), ("收入", "支出"),
]  # fmt: skip
NEGATIONS = [("did ", "didn't "), ("is ", "is not "), ("was ", "was not "), ("can ", "cannot "),
             ("are ", "are not "), ("were ", "were not ")]  # fmt: skip
_NAME = re.compile(r"(?<!^)\b(?:[A-Z][a-zA-Z]+(?:\s[A-Z][a-zA-Z]+)*)\b")
_NUMBER = re.compile(r"\d+")


def swapped(question: str, passage: str, chance: random.Random) -> str | None:
    """Another opposite, a negation, another number, or another name of the same passage."""
    ways = [_opposite, _number, _name, _negation]
    chance.shuffle(ways)
    for way in ways:
        if (made := way(question, passage, chance)) and made != question:
            return made
    return None


def _opposite(question: str, passage: str, chance: random.Random) -> str | None:
    both = OPPOSITES + [(b, a) for a, b in OPPOSITES]
    fitting = [(a, b) for a, b in both if re.search(rf"\b{a}\b" if a.isascii() else a, question)]
    if not fitting:
        return None
    a, b = chance.choice(fitting)
    return re.sub(rf"\b{a}\b" if a.isascii() else a, b, question, count=1)


def _negation(question: str, passage: str, chance: random.Random) -> str | None:
    fitting = [(a, b) for a, b in NEGATIONS if f" {a}" in question]
    if not fitting or chance.random() < 0.5:
        return None
    a, b = chance.choice(fitting)
    return question.replace(f" {a}", f" {b}", 1)


def _number(question: str, passage: str, chance: random.Random) -> str | None:
    found = _NUMBER.findall(question)
    if not found:
        return None
    old = chance.choice(found)
    others = [n for n in _NUMBER.findall(passage) if len(n) == len(old) and n not in question]
    moved = str(max(0, int(old[:12]) + chance.choice([-1, 1]) * chance.choice([1, 2, 3, 5, 10])))
    return question.replace(
        old, chance.choice(others) if others and chance.random() < 0.5 else moved, 1
    )


def _name(question: str, passage: str, chance: random.Random) -> str | None:
    found = _NAME.findall(question)
    others = [n for n in _NAME.findall(passage) if n not in question and len(n) > 3]
    if not found or not others:
        return None
    return question.replace(chance.choice(found), chance.choice(others), 1)
