"""Simplified and traditional Chinese characters.

`scripts.txt` was made with OpenCC 1.4 (Apache-2.0; t2s and s2tw, character by character): two rows
from traditional to simplified (with 帳 and 帐 as 账, which are one word), two the other way. What
only a word decides (发: 發 or 髮) is not in them; `phrases.tsv` has such words of our glossaries.
"""

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


def simplified(text: str) -> str:
    """`text` in simplified characters, of equal length; anything else stays as it is."""
    return text.translate(_tables()[0])


def traditional(text: str) -> str:
    """`text` in traditional characters as written in Taiwan, of equal length."""
    for plain, written in _phrases():
        text = text.replace(plain, written)
    return text.translate(_tables()[1])


def spellings(text: str) -> list[str]:
    """`text`, then what it is in simplified and in traditional characters where that differs."""
    return list(dict.fromkeys([text, simplified(text), traditional(text)]))


@cache
def _tables() -> tuple[dict[int, int], dict[int, int]]:
    rows = (_FOLDER / "scripts.txt").read_text("utf-8").splitlines()
    return str.maketrans(rows[0], rows[1]), str.maketrans(rows[2], rows[3])


@cache
def _phrases() -> tuple[tuple[str, str], ...]:
    """Longest first."""
    rows = (_FOLDER / "phrases.tsv").read_text("utf-8").splitlines()
    pairs = [tuple(row.split("\t")) for row in rows]
    return tuple(sorted(((one, other) for one, other in pairs), key=lambda pair: -len(pair[0])))
