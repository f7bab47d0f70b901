"""The best spans are those with the highest logits, as whole characters of the passage."""

import itertools

import numpy as np
import pytest

from apps.retrieval.protocols import Span
from apps.retrieval.reader.answer_spans import LONGEST, best_token_spans, spans_of, whole


def by_brute_force(logits, null):
    return max(
        (float(logits[a, 0] + logits[b, 1]) - null, a, b)
        for a in range(len(logits))
        for b in range(a, min(a + LONGEST, len(logits)))
    )


@pytest.mark.parametrize("total", [1, 2, 39, 40, 41, 200])
def test_the_best_span_is_the_best_of_all(total):
    logits = np.random.default_rng(total).normal(size=(total, 2)).astype(np.float32)

    best = best_token_spans(logits, null=0.5)[0]

    assert best[1:] == by_brute_force(logits, 0.5)[1:]
    assert best[0] == pytest.approx(by_brute_force(logits, 0.5)[0], abs=1e-6)


def test_spans_come_best_first_and_do_not_overlap():
    logits = np.random.default_rng(5).normal(size=(200, 2)).astype(np.float32)

    spans = best_token_spans(logits, null=0.0)

    assert len(spans) == 5
    assert [one[0] for one in spans] == sorted((one[0] for one in spans), reverse=True)
    places = sorted((first, last) for _, first, last in spans)
    assert all(one[1] < other[0] for one, other in itertools.pairwise(places))


def test_an_end_too_far_from_its_start_is_no_span():
    logits = np.full((100, 2), -9.0, dtype=np.float32)
    logits[0, 0], logits[LONGEST, 1] = 9.0, 9.0

    _, first, last = best_token_spans(logits, null=0.0)[0]

    assert last - first < LONGEST


def test_without_tokens_there_is_no_span():
    assert best_token_spans(np.zeros((0, 2), dtype=np.float32), null=0.0) == []


def test_overlapping_windows_agree_on_one_span():
    found = [(1.0, 0, 1), (3.0, 0, 1), (2.0, 1, 1)]

    assert spans_of("ab cd", [(0, 2), (3, 5)], found) == (Span(0, 5, 3.0),)


@pytest.mark.parametrize(
    ("text", "start", "end", "expected"),
    [
        (" 24 days ", 0, 9, "24 days"),
        ("in Paris-Nord", 5, 8, "Paris"),
        ("since 1995年", 8, 10, "1995"),
        ("共有二十四天", 2, 5, "二十四"),
        ("cafe\u0301 noir", 0, 4, "cafe\u0301"),
        ("thumbs 👍🏽 up", 7, 8, "👍🏽"),
        ("family 👨\u200d👩\u200d👧 here", 7, 8, "👨\u200d👩\u200d👧"),
        ("sign ❤\ufe0f here", 5, 6, "❤\ufe0f"),
        ("年假24天", 2, 4, "24"),
        ("   ", 0, 3, ""),
    ],
)
def test_no_word_number_or_character_is_cut(text, start, end, expected):
    begin, stop = whole(text, start, end)

    assert text[begin:stop] == expected
