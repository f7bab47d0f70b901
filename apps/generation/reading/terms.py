"""The words of a text: Latin words and numbers whole, Chinese as single characters and pairs."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(
    r"[0-9]+(?:[.,:/][0-9]+)*[A-Za-z%％‰]*"  # 1,571.7  18:58  30%  10GB
    r"|[^\W\d_\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]+(?:['’][a-zA-Z]+)?"
    r"|[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]"
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def word_list(text: str) -> frozenset[str]:
    """The words of a list written as running text."""
    return frozenset(text.split())


EN_STOP = word_list(
    """
    a an the of in on at by to for from with and or but as is are was were be been being am do
    does did done have has had having will would shall should can could may might must it its
    this that these those there here he she they them his her their we our you your i me my
    him what which who whom whose when where why how if then than so such not no nor into
    about over under between during after before up out off also only very just any some each
    other please tell name give many much s t
    """
)
ZH_STOP = frozenset(
    "的了着是在和与及或而也都就还又被把将从向对为于由以之其所有个这那哪什么谁多少几吗呢吧啊呀"
    "請问請問问何如怎样樣么麼些儿個這還與為從對將於嗎誰幾哪"
)


class Token(NamedTuple):
    """One word, number or Chinese character; `start`/`end` in the text it comes from."""

    norm: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """All tokens in order. Words are lower-cased and stemmed, full-width forms are narrowed."""
    return [Token(_normal(match[0]), match.start(), match.end()) for match in _TOKEN.finditer(text)]


def is_han(norm: str) -> bool:
    """Whether a token is a single CJK character."""
    return len(norm) == 1 and norm >= "\u2e80"


def is_stop(norm: str) -> bool:
    """Whether a token carries no subject matter."""
    return norm in EN_STOP or norm in ZH_STOP


def terms_of(sequence: list[Token]) -> Iterator[str]:
    """What is matched: each token, and each pair of adjoining Chinese characters."""
    for index, token in enumerate(sequence):
        yield token.norm
        before = sequence[index - 1] if index else None
        if before and before.end == token.start and is_han(token.norm) and is_han(before.norm):
            yield before.norm + token.norm


def content_terms(text: str) -> list[str]:
    """The terms of `text` that carry subject matter, in order, repeats included."""
    return [term for term in terms_of(tokens(text)) if not is_stop(term)]


def numbers_in(text: str) -> set[str]:
    """Its numbers, grouping commas removed."""
    narrow = unicodedata.normalize("NFKC", text)
    return {match.replace(",", "") for match in _NUMBER.findall(narrow)}


@lru_cache(maxsize=50_000)
def _normal(word: str) -> str:
    plain = unicodedata.normalize("NFKC", word).casefold()
    if not plain.isascii() or not plain.isalpha():
        return plain.split("'")[0].split("’")[0]
    return plain if plain in EN_STOP else _stem(plain)


def _stem(word: str) -> str:
    """A light stemmer: number and tense endings only, so that unlike words stay apart."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    for ending, least in (("ing", 6), ("edly", 7), ("ed", 5), ("ly", 6), ("es", 5), ("s", 4)):
        if word.endswith(ending) and len(word) >= least and not word.endswith(("ss", "us", "is")):
            stem = word[: -len(ending)]
            if ending in ("ing", "ed") and len(stem) > 3 and stem[-1] == stem[-2] not in "lsz":
                stem = stem[:-1]
            return stem.rstrip("e") if len(stem) > 3 else stem
    return word.rstrip("e") if len(word) > 4 else word
