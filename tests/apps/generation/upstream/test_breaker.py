"""When a failing server is asked again."""

import pytest

from apps.generation.upstream.breaker import Breaker


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def breaker(clock):
    """Open."""
    opened = Breaker(failures=2, rest_s=10, clock=clock)
    opened.failed()
    assert opened.allows()
    opened.failed()
    return opened


def test_it_opens_after_failures_in_a_row_and_rests(breaker, clock):
    assert not breaker.allows()
    clock.now += 4
    assert breaker.rests_s == 6


def test_a_success_between_failures_keeps_it_closed(clock):
    breaker = Breaker(failures=2, rest_s=10, clock=clock)
    for _ in range(3):
        breaker.failed()
        breaker.succeeded()

    assert breaker.allows()


def test_after_the_rest_one_call_tries(breaker, clock):
    clock.now += 10

    assert [breaker.allows() for _ in range(3)] == [True, False, False]


def test_what_the_trying_call_finds_decides(breaker, clock):
    clock.now += 10
    breaker.allows()
    breaker.failed()
    assert not breaker.allows()

    clock.now += 10
    breaker.allows()
    breaker.succeeded()
    assert [breaker.allows() for _ in range(3)] == [True, True, True]


def test_a_trying_call_that_never_reports_does_not_close_the_door_for_ever(breaker, clock):
    clock.now += 10
    breaker.allows()
    clock.now += 10

    assert breaker.allows()
