"""Which language a query is written in."""

import re
from enum import StrEnum

from apps.retrieval.lexical.analysis import CJK

_CJK_CHARACTER = re.compile(f"[{CJK}]")
_OTHER_WORD = re.compile(rf"[^\W\d_{CJK}]+")


class Language(StrEnum):
    """Of a query. Mixed: a Chinese sentence with foreign words in it, or the other way round."""

    ENGLISH = "en"
    CHINESE = "zh"
    MIXED = "mixed"

    @property
    def needed(self) -> frozenset[str]:
        """The languages an embedder must know to read such a query."""
        return frozenset({"en", "zh"}) if self is Language.MIXED else frozenset({self.value})


def detect(text: str) -> Language:
    """Language by the share of CJK characters, a word of any other script counting as one.

    Numbers and codes have no language; text without any word counts as English.
    """
    characters = len(_CJK_CHARACTER.findall(text))
    words = len(_OTHER_WORD.findall(text))
    share = characters / (characters + words) if characters else 0.0
    if share >= 0.8:
        return Language.CHINESE
    return Language.MIXED if share > 0.1 else Language.ENGLISH
