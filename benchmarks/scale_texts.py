"""The texts of benchmarks/scale.py: real passages cut to chunks, and copies that differ from them.

Originals come first: the passages that the questions are about, then news and handbooks. Rounds of
copies follow until there are enough: some sentences of a copy are others of its article, and its
numbers and names are replaced by such that occur elsewhere, so that words keep their natural
frequencies and no two texts are the same.
"""

import lzma
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count, groupby, islice
from pathlib import Path

from apps.core.text import detect_language
from benchmarks import datasets

ASKED = ("squad_dev", "cmrc_dev", "drcd_dev")  # the sets whose questions are asked
NEWS, NEWS_ARTICLES = "crud_load", 6_000
HANDBOOKS = Path("train", "text", "en.txt.xz")
HANDBOOK_LINES, HANDBOOK_STEP, HANDBOOK_LEAST = 7_000, 12, 300  # every 12th of 300 characters on
LONGEST = {"zh": 300, "en": 900}  # characters of a chunk: about 200 tokens
DOCUMENT_PIECES = 10
KEPT = 0.6  # share of a copy's sentences that stay as they are

_SENTENCE = re.compile(r"[^。！？!?\n]+?(?:[。！？!?\n]+|\.(?=\s)|$)\s*")
_NUMBER = re.compile(r"\d+")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}|(?<=《)[^》]{2,12}(?=》)|(?<=“)[^”]{2,8}(?=”)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A chunk to be: its text, the original it comes from, its document (numbered on through the
    rounds)."""

    text: str
    original: int
    document: int


class Texts:
    """Everything that `shared` gives, the same at every run. `passages`: of each source at most."""

    def __init__(self, shared: Path, *, passages: int | None = None) -> None:
        self._documents = [
            [_sentences(piece) for piece in document] for document in _documents(shared, passages)
        ]  # documents, pieces, sentences

    @cached_property
    def originals(self) -> list[str]:
        """The real texts."""
        return ["".join(piece).strip() for document in self._documents for piece in document]

    def pieces(self, wanted: int) -> Iterator[Piece]:
        """The first `wanted` chunks: the originals, then as many rounds of copies as it takes."""
        return islice(self._distinct(), wanted)

    def _distinct(self) -> Iterator[Piece]:
        seen = set[int]()
        pieces = (piece for number in count() for piece in self._round(number))
        for number, piece in enumerate(pieces):
            key = hash(piece.text)
            text = f"{piece.text} {number}" if key in seen else piece.text
            seen.add(key)
            yield Piece(text, piece.original, piece.document)

    def _round(self, number: int) -> Iterator[Piece]:
        chance, first = random.Random(number), number * len(self._documents)
        original = 0
        for at, document in enumerate(self._documents):
            pool = [sentence for piece in document for sentence in piece]
            for piece in document:
                sentences = self._changed(piece, pool, chance) if number else piece
                yield Piece("".join(sentences).strip(), original, first + at)
                original += 1

    def _changed(self, piece: list[str], pool: list[str], chance: random.Random) -> list[str]:
        mixed = [one if chance.random() < KEPT else chance.choice(pool) for one in piece]
        text = " ".join(map(str.strip, mixed))
        text = _NUMBER.sub(lambda found: _digits(len(found.group()), chance), text)
        return [_NAME.sub(lambda found: chance.choice(self._names[found.group()[0] < "~"]), text)]

    @cached_property
    def _names(self) -> dict[bool, list[str]]:
        """Names as often as they occur, Latin ones (True) and others."""
        found: dict[bool, list[str]] = {True: ["Smith"], False: ["新闻"]}
        for text in self.originals:
            for name in _NAME.findall(text):
                found[name[0] < "~"].append(name)
        return found


def _digits(length: int, chance: random.Random) -> str:
    return str(chance.randrange(10 ** (length - 1), 10**length))


def _documents(shared: Path, passages: int | None) -> Iterator[list[str]]:
    """The pieces of each document; long articles are several documents."""
    for name, limit in (*((name, None) for name in ASKED), (NEWS, NEWS_ARTICLES)):
        rows = datasets.passages(shared, name, limit=passages or limit)
        for _, article in groupby(rows, lambda row: row["title"] or row["id"]):
            yield from _parts([piece for row in article for piece in _cut(row["text"])])
    for line in islice(_handbook_lines(shared), passages or HANDBOOK_LINES):
        yield from _parts(_cut(line))


def _handbook_lines(shared: Path) -> Iterator[str]:
    path = shared / HANDBOOKS
    if not path.exists():
        return
    with lzma.open(path, "rt", encoding="utf-8") as file:
        long = (text for line in file if len(text := line.partition("\t")[2]) > HANDBOOK_LEAST)
        yield from islice(long, 0, None, HANDBOOK_STEP)


def _parts(pieces: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(pieces), DOCUMENT_PIECES):
        yield list(pieces[start : start + DOCUMENT_PIECES])


def _cut(text: str) -> list[str]:
    """Whole sentences, as many as fit; a longer sentence is cut where it must be."""
    longest, pieces = LONGEST[detect_language(text)], [""]
    for sentence in _sentences(text):
        for start in range(0, len(sentence), longest):
            part = sentence[start : start + longest]
            if pieces[-1] and len(pieces[-1]) + len(part) > longest:
                pieces.append("")
            pieces[-1] += part
    return [piece.strip() for piece in pieces if piece.strip()]


def _sentences(text: str) -> list[str]:
    return _SENTENCE.findall(text) or [text]
