"""How text becomes the terms of the lexical index. Pure Python: the same for text and query."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

# Han (with extensions and compatibility forms), kana, hangul: scripts written without spaces,
# or (Korean) better found by pieces of words.
CJK = (
    "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f"
)

_RUN = re.compile(rf"(?P<cjk>[{CJK}]+)|(?P<word>[^\W_{CJK}]+(?:[-_./:@#&'’+,][^\W_{CJK}]+)*)")
_PART = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_POSSESSIVE = re.compile(r"['’]s$")


@dataclass(frozen=True, slots=True)
class Term:
    """A term and the characters of the given text it was made from."""

    text: str
    start: int
    end: int


def index_terms(text: str) -> Iterator[str]:
    """Terms under which `text` is found.

    CJK runs give every character and every pair of neighbours; other words and codes stay whole
    (`INV-2024/07`), with their parts beside them; numbers stay whole, `1,234.5` as
    `1234.5`. Lower case, NFKC.
    """
    for match in _RUN.finditer(_normalised(text)):
        run = match.group()
        if match.lastgroup == "cjk":
            yield from run
            yield from _pairs(run)
        else:
            yield from _word_terms(run)


def query_terms(query: str) -> Iterator[str]:
    """Terms to look for: as `index_terms`, but CJK runs of two and more give pairs only.

    Single characters match nearly everything in Chinese; only a run of one asks for them.
    """
    for match in _RUN.finditer(_normalised(query)):
        run = match.group()
        if match.lastgroup != "cjk":
            yield from _word_terms(run)
        elif len(run) == 1:
            yield run
        else:
            yield from _pairs(run)


def located_terms(text: str) -> Iterator[Term]:
    """The terms of `index_terms` with their place in `text`, for marking what matched.

    A code's parts carry the place of the part; a grouped number that of the whole.
    """
    for match in _RUN.finditer(text):
        start, run = match.start(), match.group()
        if match.lastgroup == "cjk":
            folded = [_normalised(character) for character in run]
            for at, character in enumerate(folded):
                yield Term(character, start + at, start + at + 1)
                if at:
                    yield Term(folded[at - 1] + character, start + at - 1, start + at + 1)
            continue
        whole, *_ = [*_word_terms(_normalised(run)), ""]
        yield Term(whole, start, start + len(run))
        for part in _PART.finditer(run):
            yield Term(_normalised(part.group()), start + part.start(), start + part.end())


def _normalised(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _pairs(run: str) -> Iterator[str]:
    return (first + second for first, second in pairwise(run))


def _word_terms(run: str) -> Iterator[str]:
    word = _POSSESSIVE.sub("", run)
    if _NUMBER.fullmatch(word):
        yield word.replace(",", "")
        return
    yield word
    if not word.isalnum():
        yield from _PART.findall(word)
