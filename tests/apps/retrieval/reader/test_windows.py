"""A long passage is read in windows, and no answer is lost between two."""

import itertools

import pytest

from apps.retrieval.reader.windows import BODY_TOKENS, CLS, OVERLAP, SEP, cut, windows_of


def test_a_short_passage_is_one_window():
    assert cut(90, BODY_TOKENS) == [(0, 90)]
    assert cut(BODY_TOKENS, BODY_TOKENS) == [(0, BODY_TOKENS)]


def test_a_passage_without_a_token_is_one_empty_window():
    assert cut(0, BODY_TOKENS) == [(0, 0)]


@pytest.mark.parametrize("total", [217, 250, 368, 369, 700, 1280])
def test_windows_cover_a_long_passage_and_overlap(total):
    windows = cut(total, BODY_TOKENS)

    assert (windows[0][0], windows[-1][1]) == (0, total)
    assert all(last - first <= BODY_TOKENS for first, last in windows)
    pairs = itertools.pairwise(windows)
    assert all(before[1] - after[0] >= OVERLAP - 1 for before, after in pairs)


def test_an_endless_passage_is_read_at_its_beginning():
    windows = cut(100_000, BODY_TOKENS)

    assert len(windows) == 12
    assert windows[0][0] == 0


def test_a_window_is_question_prefix_and_body_with_their_types():
    (window,) = windows_of([7, 8], [9], [10, 11, 12], max_tokens=320)

    assert window.ids.tolist() == [[CLS, 7, 8, SEP, 9, 10, 11, 12, SEP]]
    assert window.types.tolist() == [[0, 0, 0, 0, 1, 1, 1, 1, 1]]
    assert window.ids[0, window.offset :].tolist() == [10, 11, 12, SEP]


def test_nothing_is_longer_than_the_model_takes():
    windows = windows_of([7] * 90, [9] * 56, [10] * 400, max_tokens=320)

    assert max(window.ids.size for window in windows) <= 320
    assert all((window.ids[0] == 7).sum() == 48 for window in windows)
