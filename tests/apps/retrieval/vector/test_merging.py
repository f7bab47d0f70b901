"""Keeps segments few."""

from hypothesis import given
from hypothesis import strategies as st

from apps.retrieval.vector.merging import FULL_ROWS, segments_to_merge


def after(sizes, added):
    chosen = segments_to_merge(sizes, sizes, added=added)
    kept = [size for at, size in enumerate(sizes) if at not in chosen]
    return sorted([*kept, added + sum(sizes[at] for at in chosen)], reverse=True)


@given(st.lists(st.integers(1, 5_000), min_size=1, max_size=150))
def test_small_publishes_leave_at_most_ten_segments(publishes):
    sizes = []
    for added in publishes:
        sizes = after(sizes, added)

    assert sum(sizes) == sum(publishes)
    assert len([size for size in sizes if size < FULL_ROWS]) <= 10


def test_full_segments_are_left_alone():
    assert segments_to_merge([FULL_ROWS], [FULL_ROWS], added=10) == []


def test_a_segment_with_many_dead_rows_is_written_anew():
    assert segments_to_merge([7_000], [10_000], added=0) == [0]


def test_one_sound_segment_is_not_rewritten_for_nothing():
    assert segments_to_merge([500], [500], added=0) == []


def test_a_merge_is_never_larger_than_allowed():
    assert segments_to_merge([15_000, 9_000], [15_000, 9_000], added=8_000, at_most=20_000) == [1]
