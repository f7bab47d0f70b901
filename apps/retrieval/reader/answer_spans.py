"""Where the answer stands: from logits of tokens to characters of the passage."""

import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from apps.retrieval.protocols import Span

MOST_SPANS, LONGEST = 5, 40  # LONGEST in tokens
TokenSpan = tuple[float, int, int]  # margin, first and last token
Offsets = Sequence[tuple[int, int]]
_JOINER, _CJK = "\u200d", 0x2E80


def best_token_spans(
    logits: npt.NDArray[np.float32], *, null: float, most: int = MOST_SPANS
) -> list[TokenSpan]:
    """The best spans of a window, best first, none overlapping.

    `logits`: float32 (tokens, 2), start and end. A span's margin is start[first] + end[last] -
    `null`, with first <= last < first + LONGEST. Ties: the earlier, then the shorter one.
    """
    total = len(logits)
    wide = min(LONGEST, total)
    ends = np.full(total + wide, -np.inf, dtype=np.float32)
    ends[:total] = logits[:, 1]
    # Row `first`, column `last - first`.
    sums = logits[:, :1] + np.lib.stride_tricks.sliding_window_view(ends, wide)[:total]
    spans: list[TokenSpan] = []
    while len(spans) < min(most, total):
        first, length = divmod(int(sums.argmax()), wide)
        last, margin = first + length, float(sums[first, length]) - null
        if margin == -np.inf:
            break
        spans.append((margin, first, last))
        sums[first : last + 1] = -np.inf
        for start in range(max(0, first - wide + 1), first):
            sums[start, first - start :] = -np.inf
    return spans


def spans_of(text: str, offsets: Offsets, found: Iterable[TokenSpan]) -> tuple[Span, ...]:
    """Up to MOST_SPANS spans of characters, best first, none overlapping or empty.

    `offsets`: the characters of each token. No word, number or character of several code points
    is cut; white space around is left out.
    """
    spans: list[Span] = []
    for margin, first, last in sorted(found, key=lambda one: -one[0]):
        start, end = whole(text, offsets[first][0], offsets[last][1])
        if start < end and all(end <= one.start or one.end <= start for one in spans):
            spans.append(Span(start, end, margin))
        if len(spans) == MOST_SPANS:
            break
    return tuple(spans)


def whole(text: str, start: int, end: int) -> tuple[int, int]:
    """The characters start..end without white space around, widened to where nothing is cut."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        return start, end
    while start > 0 and _belong_together(text[start - 1], text[start]):
        start -= 1
    while end < len(text) and _belong_together(text[end - 1], text[end]):
        end += 1
    return start, end


def _belong_together(one: str, other: str) -> bool:
    """Whether a span must not end between two neighbours."""
    if _JOINER in (one, other) or _is_modifier(other):
        return True
    if one.isdigit() and other.isdigit():
        return True
    return one.isalpha() and other.isalpha() and ord(one) < _CJK and ord(other) < _CJK


def _is_modifier(character: str) -> bool:
    """Combining marks, variation selectors, skin tones."""
    return (
        unicodedata.category(character) in {"Mn", "Mc", "Me"}
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )
