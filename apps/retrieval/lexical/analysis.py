"""How text becomes the terms of the lexical index. Pure Python: the same for text and query."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

# Han (with extensions and compatibility forms), kana, hangul: scripts written without spaces,
# or (Korean) better found by pieces of words.
CJK = (
    "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f"
)

Stem = Callable[[list[str]], list[str]]

WORD = re.compile(rf"[^\W_{CJK}]+(?:[-_./:@#&'’+,][^\W_{CJK}]+)*")
_RUN = re.compile(rf"(?P<cjk>[{CJK}]+)|{WORD.pattern}")
_PART = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_POSSESSIVE = re.compile(r"['’]s$")
_LONGEST = 64  # characters of a word; what is longer is data, not language

# Words that carry a sentence, not its matter: pairs with them say nothing and would be most of
# the index.
_FUNCTION = (
    "a an and are as at be been by did do does for from had has have he her his how in is it its "
    "of on or she that the their they this to was were what when where which who whom whose why "
    "will with you"
)
FUNCTION_WORDS = frozenset(_FUNCTION.split())


@dataclass(slots=True)
class Terms:
    """What a text is found by, in its order, repetitions kept.

    `words` are whole words, numbers and codes (`inv-2024/07`) with the parts of codes beside
    them; `word_pairs` neighbours among them; `characters` and `character_pairs` the same of CJK
    runs; `lone` the characters of runs of one.
    """

    words: list[str] = field(default_factory=list)
    word_pairs: list[str] = field(default_factory=list)
    characters: list[str] = field(default_factory=list)
    character_pairs: list[str] = field(default_factory=list)
    lone: list[str] = field(default_factory=list)


def terms_of(text: str, stem: Stem) -> Terms:
    """The terms of a text or a query: NFKC, lower case, words stemmed, `1,234.5` as `1234.5`."""
    found, whole = Terms(), list[str]()
    for match in _RUN.finditer(_normalised(text)):
        run = match.group()
        if match.lastgroup != "cjk":
            first, *parts = _word_terms(run)
            whole.append(first)
            found.words += parts
            continue
        whole.append("")  # words on both sides of a CJK run are no neighbours
        found.characters += run
        found.character_pairs += (first + second for first, second in pairwise(run))
        if len(run) == 1:
            found.lone.append(run)
    stems = iter(stem([word for word in whole if word]))
    stemmed = [(word, next(stems) if word else "") for word in whole]
    found.words = [word for _, word in stemmed if word] + stem(found.words)
    found.word_pairs = [
        f"{one}_{other}"
        for (first, one), (second, other) in pairwise(stemmed)
        if one and other and not {first, second} & FUNCTION_WORDS
    ]
    return found


def word_terms(word: str, stem: Stem) -> list[str]:
    """The terms that a word or code of a text (a match of WORD) is found by."""
    return stem(_word_terms(_normalised(word)))


def _normalised(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _word_terms(run: str) -> list[str]:
    """The word, then the parts of a code. Never empty, no spaces in any."""
    word = _POSSESSIVE.sub("", run)[:_LONGEST]
    if _NUMBER.fullmatch(word):
        return [word.replace(",", "")]
    return [word] if word.isalnum() else [word, *_PART.findall(word)]
