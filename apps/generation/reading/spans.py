"""The stretches of a sentence that could be a short answer."""

from collections.abc import Iterator
from dataclasses import dataclass

from apps.generation.reading.features import TELLING_ZH, Features, span_features
from apps.generation.reading.marking import Sentence
from apps.generation.reading.shapes import Shape
from apps.generation.reading.terms import is_han, is_stop

_MAX_WORDS = 8
_MAX_HAN = 16
_BREAKS_EN = frozenset(';:()[]{}—"“”|!?')
_BREAKS_ZH = frozenset("。；，！？：（）();:,|")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Characters `start:end` of a sentence might be the answer."""

    start: int
    end: int
    shape: Shape
    features: Features


def candidates(sentence: Sentence) -> Iterator[Candidate]:
    """Every stretch of the sentence that could be an answer, with its features."""
    bounds = _zh_bounds(sentence) if sentence.query.is_chinese else _en_bounds(sentence)
    for first, last in bounds:
        start, end = sentence.tokens[first].start, sentence.tokens[last].end
        region = sentence.region_of(start, end)
        shape = region.shape if region else Shape.OTHER
        yield Candidate(start, end, shape, span_features(sentence, first, last, shape))


def _en_bounds(sentence: Sentence) -> Iterator[tuple[int, int]]:
    words = sentence.tokens
    exact = _region_bounds(sentence)
    yield from exact
    for first in range(len(words)):
        if is_stop(words[first].norm):
            continue
        for last in range(first, min(first + _MAX_WORDS, len(words))):
            gap = sentence.text[words[last - 1].end : words[last].start] if last > first else ""
            if "," in gap or not _BREAKS_EN.isdisjoint(gap):
                break
            if not is_stop(words[last].norm) and (first, last) not in exact:
                yield first, last


def _zh_bounds(sentence: Sentence) -> Iterator[tuple[int, int]]:
    chars = sentence.tokens
    exact = _region_bounds(sentence)
    yield from exact
    opens = [i for i in range(len(chars)) if _is_zh_edge(sentence, i - 1, i)]
    closes = {i for i in range(len(chars)) if _is_zh_edge(sentence, i, i + 1)}
    for first in opens:
        for last in range(first, min(first + _MAX_HAN, len(chars))):
            gap = sentence.text[chars[last - 1].end : chars[last].start] if last > first else ""
            if not _BREAKS_ZH.isdisjoint(gap):
                break
            if last in closes and (first, last) not in exact:
                yield first, last


def _is_zh_edge(sentence: Sentence, left: int, right: int) -> bool:
    """Whether a word may end between two neighbouring tokens: there is no dictionary to ask."""
    words = sentence.tokens
    if left < 0 or right >= len(words) or words[left].end != words[right].start:
        return True
    if sentence.matched[left] != sentence.matched[right]:
        return True
    pair = words[left].norm, words[right].norm
    if any(norm in TELLING_ZH for norm in pair) or is_han(pair[0]) != is_han(pair[1]):
        return True
    edge = words[right].start
    return any(edge in (region.start, region.end) for region in sentence.regions)


def _region_bounds(sentence: Sentence) -> dict[tuple[int, int], None]:
    starts = {token.start: index for index, token in enumerate(sentence.tokens)}
    ends = {token.end: index for index, token in enumerate(sentence.tokens)}
    bounds: dict[tuple[int, int], None] = {}
    for region in sentence.regions:
        first, last = starts.get(region.start), ends.get(region.end)
        if first is not None and last is not None and first <= last:
            bounds[first, last] = None
    return bounds
