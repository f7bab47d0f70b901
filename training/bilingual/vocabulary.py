"""The vocabulary: BERT's English word pieces, and the Chinese characters that real text uses."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer

CHARACTER_RANGES = ((0x2E80, 0x9FFF), (0xF900, 0xFAFF), (0xFE30, 0xFE4F), (0xFF00, 0xFFEF))
PUNCTUATION = "…—·「」『』“”‘’～％℃①②③④⑤⑥⑦⑧⑨⑩"
RAREST = 8  # a character seen less often stays unknown


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


def _is_chinese(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in CHARACTER_RANGES)
