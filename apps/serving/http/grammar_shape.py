"""How much work a GBNF grammar can make at one token, told from its text alone.

llama.cpp follows all ways through a grammar at once, inside of one call that nothing can end, and
everybody waits for it. What grows little by little is ended in time (llama/sampling.py); what jumps
must not be begun: many parts in a row that may be left out (time grows with their third power, or
where a token can be several of them, with the ways to choose some), hundreds of choices at one
place, rules around themselves that can be told apart only at their end.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST_SKIPS, MOST_WAYS = 100, 300
MOST_RULES, MOST_NESTED = 500, 1  # of grammars that clients write
SHORT = 4  # characters: one token may be several of such parts, in as many ways as there are
MOST_SHORT, ONCE, OFTEN = 17, 1, 4  # what parts count that are there once, or as often as one likes
_TOKEN = re.compile(
    r'\s+|\#[^\n]*|(?P<text>"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|!?<[^>\s]*>|\.)'
    r"|(?P<rule>[\w-]+)\s*::=|(?P<name>[\w-]+)|(?P<sign>[()|])"
    r"|(?P<times>[?*+]|\{\s*(?P<least>\d*)\s*(?P<more>,?)\s*(?P<most>\d*)\s*\})",
    re.DOTALL,
)
_TIMES = {"?": (0, 1), "*": (0, None), "+": (1, None)}
_ENDLESS = 2  # times stand for any number: the copies look the same
_BEFORE, _NEVER = "(", 1 << 30  # what stands before the first rule; a length that nothing has
_ESCAPED = re.compile(r"\\(?:x..|u.{4}|U.{8}|.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    """What stands at a place, so many times. `rule`: a rule's name; "": `length` characters."""

    rule: str
    length: int = 1
    least: int = 1
    most: int | None = 1


@dataclass(frozen=True, slots=True)
class Shape:
    """`ways` to its first characters; parts in a row that may be left out: at its beginning
    (`head`), its end (`tail`), all of it (`whole`; None: something must be there), anywhere
    (`skips`). `length`: the fewest characters that it is, if it is any."""

    ways: int = 1
    head: int = 0
    tail: int = 0
    whole: int | None = None
    skips: int = 0
    length: int = 1


Rules = dict[str, list[list[Part]]]  # by name, each its alternatives; a bracket is a rule too


def require_bearable(grammar: str, *, is_own: bool = False) -> None:
    """Raises ValueError for a grammar that could keep everybody waiting. `is_own`: it is not made
    of a JSON schema, so rules may stand in themselves."""
    rules = _parsed(grammar)
    if is_own and len(rules) > MOST_RULES:
        raise ValueError(f"it has more than {MOST_RULES} rules and brackets")
    if is_own and _nested(rules) > MOST_NESTED:
        raise ValueError("its rules stand within themselves in more than one place")
    for most, longest, words in ((MOST_SKIPS, None, "parts"), (MOST_SHORT, SHORT, "short parts")):
        shapes = _Shapes(rules, longest).known.values()
        if max(shape.skips for shape in shapes) > most:
            raise ValueError(f"too many {words} in a row may be left out")
    if max(shape.ways for shape in shapes) > MOST_WAYS:
        raise ValueError(f"it has more than {MOST_WAYS} choices at one place")


def _parsed(grammar: str) -> Rules:
    rules: Rules = {_BEFORE: [[]]}
    open_ = [_BEFORE]
    for found in _TOKEN.finditer(grammar):
        parts = rules[open_[-1]][-1]
        if name := found["rule"]:
            open_, rules[name] = [name], [[]]
        elif text := found["text"]:
            is_literal = text.startswith('"')
            parts.append(Part("", len(_ESCAPED.sub("c", text)) - 2 if is_literal else 1))
        elif name := found["name"]:
            parts.append(Part(name))
        elif found["sign"] == "|":
            rules[open_[-1]].append([])
        elif found["sign"] == "(":
            inner = f"({len(rules)}"
            rules[inner] = [[]]
            parts.append(Part(inner))
            open_.append(inner)
        elif found["sign"] == ")" and len(open_) > 1:
            open_.pop()
        elif found["times"] and parts:
            last = parts.pop()
            parts.append(Part(last.rule, last.length, *_times(found)))
    return rules


def _times(found: "re.Match[str]") -> tuple[int, int | None]:
    if found["times"] in _TIMES:
        return _TIMES[found["times"]]
    least = int(found["least"] or 0)
    return least, (int(found["most"]) if found["most"] else None) if found["more"] else least


class _Shapes:
    """Of each rule; within itself a rule counts as characters. `longest`: parts of so many
    characters or more do not count as left out; None: all do."""

    def __init__(self, rules: Rules, longest: int | None) -> None:
        self.known: dict[str, Shape] = {}
        self._longest = longest
        waiting, begun = [*rules], set[str]()
        while waiting:
            name = waiting[-1]
            inner = {part.rule for parts in rules[name] for part in parts if part.rule in rules}
            missing = inner - begun if name not in begun else set()
            begun.add(name)
            waiting += missing
            if not missing:
                waiting.pop()
                if name not in self.known:
                    self.known[name] = _either([self._in_a_row(parts) for parts in rules[name]])

    def _in_a_row(self, parts: Sequence[Part]) -> Shape:
        ways = head = run = passed = skips = least = 0
        is_open, shortest = True, _NEVER  # all so far may be left out
        for part in parts:
            if not part.rule and not part.length:
                continue  # an empty text
            one = self._repeated(part)
            skips = max(skips, one.skips, run + one.head)
            if is_open:
                ways, head = ways + one.ways, max(head, passed + one.head)
            if one.whole is None:
                run, is_open, least = one.tail, False, least + one.length
            else:
                more = one.whole or self._weight(one)
                passed, run = passed + more, max(run + more, one.tail)
            shortest = min(shortest, one.length)
            skips = max(skips, run)
        whole = passed if is_open else None
        length = shortest if is_open else least
        return Shape(max(1, ways), max(head, whole or 0), run, whole, skips, length)

    def _repeated(self, part: Part) -> Shape:
        one = self.known.get(part.rule) or Shape(length=part.length)
        if (part.least, part.most) == (1, 1):
            return one
        copies = max(part.least, _ENDLESS if part.most is None else part.most, 1)
        length = one.length * max(part.least, 1)
        if one.whole is not None:
            row = copies * (one.whole or self._weight(one))
            return Shape(copies * one.ways, row, row, row, max(one.skips, row), length)
        more = self._weight(one, is_often=True) if copies > 1 and part.most != part.least else 0
        skips = max(one.skips, one.tail + one.head + more) if copies > 1 else one.skips
        whole = None if part.least else self._weight(one, is_often=copies > 1)
        return Shape(one.ways, one.head, one.tail + more, whole, skips, length)

    def _weight(self, one: Shape, *, is_often: bool = False) -> int:
        if self._longest is None:
            return 1
        if one.length >= self._longest:
            return 0
        return OFTEN if is_often or one.tail else ONCE


def _either(found: Sequence[Shape]) -> Shape:
    wholes = [one.whole for one in found if one.whole is not None]
    return Shape(
        sum(one.ways for one in found),
        max(one.head for one in found),
        max(one.tail for one in found),
        max(wholes, default=None),
        max(one.skips for one in found),
        min(one.length for one in found),
    )


def _nested(rules: Rules) -> int:
    """In how many places a rule stands within itself, but for its end."""
    reach = {name: set(_reached(rules, name)) for name in rules}
    return sum(
        name in reach.get(part.rule, ())
        for name, alternatives in rules.items()
        for parts in alternatives
        for at, part in enumerate(parts)
        if at + 1 < len(parts) or part.most != 1
    )


def _reached(rules: Rules, name: str) -> Iterator[str]:
    waiting, seen = [name], {name}
    while waiting:
        one = waiting.pop()
        yield one
        inner = {part.rule for parts in rules[one] for part in parts if part.rule in rules}
        waiting += inner - seen
        seen |= inner
