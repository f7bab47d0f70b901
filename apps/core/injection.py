"""Questions that try to overrule the program's instructions: told by their words, zh and en.

A sign for those who watch (the request ledger), never a reason to refuse: rules of an answer hold
whatever a question says (docs/adr/0022). The ways in which such words are hidden follow OWASP's LLM
Prompt Injection Prevention Cheat Sheet: https://cheatsheetseries.owasp.org/
"""

import base64
import binascii
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

MOST_CHARACTERS = 6_000  # of a question that is looked at: its beginning and its end
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}|(?:[0-9a-fA-F]{2}[\s:]?){16,}")
_SPACED = re.compile(r"(?:\b[^\W\d_][\s._*|-]{1,3}){5,}[^\W\d_]\b")  # i g n o r e
_LOOKALIKES = str.maketrans(
    "0134578@$!аеорсухіјѕԁӏοαετικν", "oieastbasiaeopcyxijsdloaetikv"
)  # digits and Cyrillic or Greek letters for Latin ones
_NAME = re.compile(r"«(\w+)»")


@lru_cache(maxsize=1)
def _expressions() -> dict[str, re.Pattern[str]]:
    """The lines of injection.txt, a pattern for each of its parts."""
    names: dict[str, str] = {}
    parts: dict[str, list[str]] = {}
    for line in Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]") and line[1:-1].isalpha():
            parts[line[1:-1]] = []
        elif not line or line.startswith("# "):
            continue
        elif parts:
            parts[list(parts)[-1]].append(_NAME.sub(lambda match: names[match[1]], line))
        else:
            name, _equals, pattern = line.partition(" = ")
            names[name] = pattern
    flags = re.IGNORECASE | re.MULTILINE
    return {
        part: re.compile("|".join(f"(?:{one})" for one in lines), flags)
        for part, lines in parts.items()
    }


def is_injection(text: str) -> bool:
    """Whether the text carries such an attempt, also spaced out, in look-alike or full-width
    letters, reversed, or in base64 or hex. Some milliseconds at most, whatever the text."""
    text = _cut("\n".join(line for line in text.splitlines() if line.strip()))
    plain = text.lower() if text.isascii() else _cut(_plain(text))  # one letter may become 18
    return _is_plain_attempt(plain) or any(map(_is_plain_attempt, _decoded(text)))


def _cut(text: str) -> str:
    if len(text) <= MOST_CHARACTERS:
        return text
    return text[: MOST_CHARACTERS // 2] + "\n" + text[-MOST_CHARACTERS // 2 :]


def _is_plain_attempt(text: str) -> bool:
    parts = _expressions()
    words, characters, letters = parts["english"], parts["chinese"], parts["letters"]
    return bool(
        words.search(text)
        or (not text.isascii() and characters.search(_without_gaps(text)))
        or (_SPACED.search(text) and letters.search(_letters(text)))
        or letters.search(_letters(text.translate(_LOOKALIKES)))
        or letters.search(_letters(text[::-1]))
    )


def _plain(text: str) -> str:
    """In compatible, small letters without accents and without what cannot be seen."""
    parts = unicodedata.normalize("NFKD", text)
    kept = (one for one in parts if unicodedata.category(one) not in {"Mn", "Cf", "Co"})
    return unicodedata.normalize("NFKC", "".join(kept)).lower().replace("’", "'")


def _letters(text: str) -> str:
    return "".join(one for one in text if one.isalpha())


def _without_gaps(text: str) -> str:
    """Chinese with what was put between the characters taken out."""
    return re.sub(r"(?<=[\u3400-\u9fff])[\s._*|/\\,，·、。~-]{1,3}(?=[\u3400-\u9fff])", "", text)


def _decoded(text: str) -> list[str]:
    found = []
    for match in _ENCODED.finditer(text):
        for read in (_base64, _hex):
            if told := read(match.group()):
                found.append(_plain(told))
    return found


def _base64(text: str) -> str:
    body = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4)).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""


def _hex(text: str) -> str:
    try:
        return bytes.fromhex(re.sub(r"[\s:]", "", text)).decode("utf-8")
    except ValueError:
        return ""
