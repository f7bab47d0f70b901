"""Texts and names as rows of comparable words: how a term is recognised in a text."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from apps.modelhub.glossaries.script import simplified

_CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
HAN = re.compile(f"[{_CJK}]")
_WORD = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+(?:['’][^\W_{_CJK}]+)?")
_POSSESSIVE = re.compile(r"['’]s?$")
_BETWEEN = re.compile(r"\s*[-‐‑–/&+·'’]?\s*|\.")  # inside a name: P/E, LDL-C, b.i.d.
_AFTER_LETTER = re.compile(r"\.\s?")  # H. pylori
_ARTICLES = frozenset("AI")  # letters that are words when they are small
_CASED_LETTERS = 4  # an abbreviation of so few letters may be a common word: AR, MI, PET, AIDS
_SHOUTED_WORDS = 3
_PLURAL = re.compile(r"(?<=[A-Z])s$")


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a CJK character, and the keys that names with it are filed under.

    `is_joined`: nothing but a space or a mark that names may contain stands before it.
    """

    keys: tuple[str, ...]
    is_joined: bool


def words_of_text(text: str) -> list[Word]:
    """The words of a running text. Abbreviations are told by their capitals; in Chinese text, where
    no English word would be mistaken for one, by their letters alone."""
    written = list(_written(text))
    latin = [word for word, _ in written if not HAN.match(word)]
    is_chinese = len(latin) * 2 <= len(written)
    is_shouted = len(latin) >= _SHOUTED_WORDS and all(word.isupper() for word in latin)
    found = []
    for word, is_joined in written:
        exact = (word, _PLURAL.sub("", word)) if not is_chinese else (word.upper(),)
        cased = () if is_shouted or HAN.match(word) else (_cased_key(one) for one in exact)
        found.append(Word((_key(word), *dict.fromkeys(cased)), is_joined))
    return found


def keys_of_name(name: str) -> list[tuple[str, ...]]:
    """The rows of keys that a name is filed under: of an abbreviation, for Chinese text, one with
    its capitals too."""
    written = [word for word, _ in _written(name)]
    if not is_cased(name):
        return [tuple(_cased_key(one) if one in _ARTICLES else _key(one) for one in written)]
    spellings = dict.fromkeys((tuple(written), tuple(word.upper() for word in written)))
    return [
        tuple(_key(word) if HAN.match(word) else _cased_key(word) for word in spelling)
        for spelling in spellings
    ]


def is_cased(name: str) -> bool:
    """Whether only its capitals tell the name from common words: `AR`, `P/E`, `AIDS`; not `EBITDA`
    or `HbA1c`, which are no words in any case."""
    letters = [char for char in name if char.isascii() and char.isalpha()]
    has_digits = any(char.isdigit() for char in name)
    is_short = len(letters) <= _CASED_LETTERS and not has_digits
    return is_short and sum(char.isupper() for char in letters) * 2 >= max(len(letters), 1)


def _written(text: str) -> Iterator[tuple[str, bool]]:
    normal = unicodedata.normalize("NFKC", text)
    end, before = 0, ""
    for match in _WORD.finditer(normal):
        start = match.start()
        is_joined = _BETWEEN.fullmatch(normal, end, start) or (
            len(before) == 1 and _AFTER_LETTER.fullmatch(normal, end, start)
        )
        yield match.group(), bool(is_joined)
        end, before = match.end(), match.group()


def _cased_key(word: str) -> str:
    """Apart from the words that the abbreviation looks like."""
    return f"={word}"


def _key(word: str) -> str:
    """Lower case, simplified, in the singular."""
    if HAN.match(word):
        return simplified(word)
    lower = _POSSESSIVE.sub("", word.lower())
    if len(lower) < 4 or lower.endswith(("ss", "us", "is")) or not lower.endswith("s"):
        return lower
    if lower.endswith("ies") and len(lower) > 4:
        return lower[:-3] + "y"
    if lower.endswith(("sses", "shes", "ches", "xes")):
        return lower[:-2]
    return lower[:-1]
