"""What the reader is given: `[CLS] question [SEP] prefix body [SEP]`, a long body in windows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

CLS, SEP = 101, 102
QUESTION_TOKENS, BODY_TOKENS, OVERLAP = 48, 216, 64
MOST_WINDOWS = 12  # of one passage; what is behind them is not read
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Window:
    """One run of the model. Tokens first..last (exclusive) of the passage begin at `offset`."""

    ids: Ids  # (1, tokens)
    types: Ids  # (1, tokens)
    offset: int
    first: int
    last: int


def cut(total: int, room: int) -> list[tuple[int, int]]:
    """Windows over `total` tokens, of at most `room` and about equal size, overlapping by OVERLAP.

    An answer that is not longer than the overlap lies whole in one of them. There is one window
    even for no tokens.
    """
    overlap = min(OVERLAP, room // 2)
    count = max(1, -(-(total - overlap) // (room - overlap)))
    size = min(room, -(-(total + (count - 1) * overlap) // count))
    starts = [number * (total - size) // max(1, count - 1) for number in range(count)]
    return [(start, start + size) for start in starts[:MOST_WINDOWS]]


def windows_of(
    question: Sequence[int], prefix: Sequence[int], body: Sequence[int], *, max_tokens: int
) -> list[Window]:
    """The runs that read one passage, in order. Token type 1 from behind the first [SEP] on."""
    head = [CLS, *question[:QUESTION_TOKENS], SEP]
    shown = [*head, *prefix]
    room = min(BODY_TOKENS, max_tokens - len(shown) - 1)
    tokens = np.array(body, dtype=np.int64)
    before, end = np.array(shown, dtype=np.int64), np.array([SEP], dtype=np.int64)
    made = []
    for first, last in cut(len(tokens), room):
        ids = np.concatenate([before, tokens[first:last], end])
        types = np.ones_like(ids)
        types[: len(head)] = 0
        made.append(Window(ids[None], types[None], len(shown), first, last))
    return made
