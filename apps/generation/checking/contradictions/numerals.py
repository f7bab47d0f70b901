"""Numbers written in words, English and Chinese."""

import re

_ONES = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
_POWERS = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_DIGITS = {char: index for index, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}

_NAMES = "|".join([*_TENS, *sorted(_ONES, key=len, reverse=True), *_POWERS])
WORDS = (
    rf"\b(?:{_NAMES})(?:[ -](?:and )?(?:{_NAMES}))*\b"
    r"|[零〇一二两三四五六七八九十百千万亿]+(?:点[零〇一二三四五六七八九]+)?"
)


def value_of(written: str) -> float | None:
    """The value of what `WORDS` matches; None when it is no number ("万千")."""
    return _english(written) if written.isascii() else _chinese(written)


def _english(written: str) -> float:
    total = part = 0
    for word in re.findall(r"[a-z]+", written):
        if word in _POWERS and word != "hundred":
            total, part = total + max(part, 1) * _POWERS[word], 0
        elif word == "hundred":
            part = max(part, 1) * 100
        else:
            part += _ONES.get(word) or _TENS.get(word, 0)
    return float(total + part)


def _chinese(written: str) -> float | None:
    whole, __, rest = written.partition("点")
    if all(char in _DIGITS for char in whole):  # 二〇二三
        value = float("".join(str(_DIGITS[char]) for char in whole))
    elif whole[0] in _LARGE or whole[0] in "百千":
        return None
    else:
        value = _by_places(whole)
    return value + float("0." + "".join(str(_DIGITS[char]) for char in rest)) if rest else value


def _by_places(whole: str) -> float:
    total = section = digit = 0
    for char in whole:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _PLACES:
            section, digit = section + (digit or 1) * _PLACES[char], 0
        else:
            total, section, digit = (total + section + digit) * _LARGE[char], 0, 0
    return float(total + section + digit)
