"""The vocabulary: BERT's English word pieces, and the Chinese characters that real text uses."""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from training.bilingual.shards import FIRST_WORD

CHARACTER_RANGES = ((0x2E80, 0x9FFF), (0xF900, 0xFAFF), (0xFE30, 0xFE4F), (0xFF00, 0xFFEF))
PUNCTUATION = "…—·「」『』“”‘’～％℃①②③④⑤⑥⑦⑧⑨⑩"
RAREST = 8  # a character seen less often stays unknown
FOREIGN = {
    "ARABIC", "ARMENIAN", "BENGALI", "CYRILLIC", "DEVANAGARI", "GEORGIAN", "HANGUL", "HEBREW",
    "KANNADA", "SINHALA", "TAMIL", "THAI", "TIBETAN", "MODIFIER",
}  # fmt: skip
COMMON = 200_000  # divided by a piece's place in BERT's list, which begins with the most frequent


def frequent_characters(texts: Iterable[str], *, rarest: int = RAREST) -> list[str]:
    """Chinese characters and punctuation seen at least `rarest` times, most frequent first."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text)
    return [
        character
        for character, count in counts.most_common()
        if count >= rarest and (_is_chinese(character) or character in PUNCTUATION)
    ]


def extend(tokenizer_json: Path, characters: Iterable[str], destination: Path) -> int:
    """Write the tokenizer with the characters added at the end; returns the size of the vocabulary.

    BERT's normaliser already sets each Chinese character apart, so one piece each is enough. What
    the normaliser turns into something else (full-width letters) is not added.
    """
    described = json.loads(tokenizer_json.read_text(encoding="utf-8"))
    vocabulary: dict[str, int] = described["model"]["vocab"]
    normaliser = Tokenizer.from_file(str(tokenizer_json)).normalizer
    for character in characters:
        piece = normaliser.normalize_str(character).strip() if normaliser else character
        if piece and piece not in vocabulary and len(piece) == 1:
            vocabulary[piece] = len(vocabulary)
    described["truncation"] = described["padding"] = None
    destination.write_text(json.dumps(described, ensure_ascii=False), encoding="utf-8")
    return len(vocabulary)


def prune(
    tokenizer_json: Path, counts: npt.NDArray[np.int64], size: int, destination: Path
) -> npt.NDArray[np.int64]:
    """Write the tokenizer with `size` pieces; returns for each old id the new one, or -1.

    What goes: unused places, scripts of neither language, and of the English pieces of several
    letters those that `counts` (how often each stands in the texts) and BERT's own order call rare.
    A word whose piece is gone is made of shorter ones: every single letter stays.
    """
    described = json.loads(tokenizer_json.read_text(encoding="utf-8"))
    pieces = sorted(described["model"]["vocab"].items(), key=lambda item: item[1])
    worth = [_worth(piece, number, int(counts[number])) for piece, number in pieces]
    chosen = np.sort(np.argsort([-value for value in worth], kind="stable")[:size])
    new = np.full(len(pieces), -1, dtype=np.int64)
    new[chosen] = np.arange(len(chosen))
    described["model"]["vocab"] = {pieces[old][0]: int(new[old]) for old in chosen}
    destination.write_text(json.dumps(described, ensure_ascii=False), encoding="utf-8")
    return new


def _worth(piece: str, number: int, count: int) -> float:
    letters = piece.removeprefix("##")
    if number < FIRST_WORD:
        return float("inf")
    if piece.startswith("[unused"):
        return -1.0
    foreign = next((character for character in letters if not character.isascii()), "")
    if foreign and unicodedata.name(foreign, "?").split()[0] in FOREIGN:
        return -1.0
    if len(letters) == 1:
        return float("inf")
    return count + COMMON / number


def _is_chinese(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in CHARACTER_RANGES)
