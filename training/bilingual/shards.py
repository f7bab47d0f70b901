"""Texts as one long row of token ids, with a mark where a word begins."""

import itertools
import json
import lzma
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

SEPARATOR, UNKNOWN, CLS, SEP, MASK = 102, 100, 101, 102, 103
FIRST_WORD = 104  # ids below are special or unused
BATCH = 2000


@dataclass(frozen=True, slots=True)
class TokenRow:
    """`ids` uint16 (tokens,), `starts` bool (tokens,): a word begins here. Texts end with [SEP]."""

    ids: npt.NDArray[np.uint16]
    starts: npt.NDArray[np.bool_]
    ends: npt.NDArray[np.int64]  # behind each text's [SEP]


def token_row(
    tokenizer: Tokenizer, texts: Sequence[str], breaks: Iterable[Sequence[int]] | None
) -> TokenRow:
    """`breaks`: for each text the characters at which words begin; None: by word piece."""
    ids: list[npt.NDArray[np.uint16]] = []
    starts: list[npt.NDArray[np.bool_]] = []
    ends: list[int] = []
    total, words = 0, iter(breaks) if breaks is not None else None
    for first in range(0, len(texts), BATCH):
        for encoding in tokenizer.encode_batch(
            list(texts[first : first + BATCH]), add_special_tokens=False
        ):
            row = np.array([*encoding.ids, SEPARATOR], dtype=np.uint16)
            mark = np.ones(len(row), dtype=bool)
            if words is None:
                pieces = encoding.word_ids
                mark[1:-1] = [a != b for a, b in itertools.pairwise(pieces)]
            else:
                begins = set(next(words))
                mark[:-1] = [offset[0] in begins for offset in encoding.offsets]
            ids.append(row)
            starts.append(mark)
            total += len(row)
            ends.append(total)
    return TokenRow(np.concatenate(ids), np.concatenate(starts), np.array(ends))


def write_rows(row: TokenRow, folder: Path, name: str, *, most: int = 36_000_000) -> None:
    """Files `name-0.row.xz`, ... of at most `most` tokens each."""
    first_text = first = 0
    for number in range(-(-len(row.ids) // most)):
        last_text = int(np.searchsorted(row.ends, (number + 1) * most, side="right"))
        last_text = max(last_text, first_text + 1)
        last = int(row.ends[last_text - 1])
        ends = (row.ends[first_text:last_text] - first).astype("<u4")
        head = json.dumps([last - first, len(ends)]).encode().ljust(64)
        parts = [
            row.ids[first:last].tobytes(),
            np.packbits(row.starts[first:last]).tobytes(),
            ends.tobytes(),
        ]
        (folder / f"{name}-{number}.row.xz").write_bytes(
            lzma.compress(head + b"".join(parts), preset=4)
        )
        first_text, first = last_text, last


def renumbered(row: TokenRow, new: npt.NDArray[np.int64]) -> TokenRow:
    """The row with `new[id]` for each id; where that is -1, [UNK]."""
    ids = np.where(new < 0, UNKNOWN, new).astype(np.uint16)[row.ids]
    return TokenRow(ids, row.starts, row.ends)


def read_rows(folder: Path, name: str) -> TokenRow:
    """What `write_rows` wrote, whole."""
    rows = [_read_row(path) for path in sorted(folder.glob(f"{name}-*.row.xz"))]
    before = np.cumsum([0, *(len(row.ids) for row in rows[:-1])])
    return TokenRow(
        np.concatenate([row.ids for row in rows]),
        np.concatenate([row.starts for row in rows]),
        np.concatenate([row.ends + shift for row, shift in zip(rows, before, strict=True)]),
    )


def _read_row(path: Path) -> TokenRow:
    data = lzma.decompress(path.read_bytes())
    tokens, texts = json.loads(data[:64])
    packed = -(-tokens // 8)
    ids = np.frombuffer(data, np.uint16, tokens, 64)
    bits = np.frombuffer(data, np.uint8, packed, 64 + 2 * tokens)
    ends = np.frombuffer(data, "<u4", texts, 64 + 2 * tokens + packed).astype(np.int64)
    return TokenRow(ids, np.unpackbits(bits, count=tokens).astype(bool), ends)
