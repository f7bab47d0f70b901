"""Figures add up without loss, and quantiles are near the truth."""

import json

from hypothesis import given
from hypothesis import strategies as st

from apps.ops.ledger.figures import Figures, Histogram, bound_ms, bucket

TIMES = st.lists(st.floats(0.1, 9e6), min_size=1, max_size=200)


def histogram(times):
    made = Histogram()
    for ms in times:
        made.note(ms)
    return made


@given(TIMES, st.sampled_from([0.5, 0.9, 0.95, 0.99, 1.0]))
def test_a_quantile_is_off_by_five_percent_at_most(times, share):
    true = sorted(times)[max(1, -(-round(share * 100) * len(times) // 100)) - 1]

    (told,) = histogram(times).quantiles(share)

    assert abs(told - true) <= 0.05 * true


@given(TIMES)
def test_no_time_lies_above_the_bound_of_its_bucket(times):
    assert all(ms <= bound_ms(bucket(ms)) * (1 + 1e-9) for ms in times)


@given(TIMES, TIMES)
def test_figures_that_are_stored_and_added_are_those_of_all_together(some, others):
    parts = []
    for times in (some, others):
        figures = Figures()
        for ms in times:
            figures.count("answered")
            figures.time("total", ms)
        parts.append(json.loads(json.dumps(figures.as_json())))
    sums = Figures()
    for part in parts:
        sums.add_json(part)

    assert sums.counts == {"answered": len(some) + len(others)}
    assert sums.times["total"].counts == histogram([*some, *others]).counts


def test_bounds_meet_powers_of_ten():
    assert [bucket(ms) for ms in (0.05, 0.1, 1.0, 10.0, 1000.0, 1e9)] == [0, 0, 24, 48, 96, 192]
