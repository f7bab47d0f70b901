"""Looks that hang, and those who ask meanwhile."""

from concurrent.futures import Executor, Future

import pytest

from apps.api import checker
from apps.api.checker import Checker
from tests.immediate import Immediate


class Hanging(Executor):
    """Ends a look when the test says so; counts them."""

    def __init__(self):
        self.looks = []

    def submit(self, fn, /, *args, **kwargs):
        self.looks.append(Future())
        return self.looks[-1]


@pytest.fixture
def clock_s(monkeypatch):
    """Seconds that have passed, set by the test; nobody waits."""
    passed = [1000.0]
    monkeypatch.setattr(checker.time, "monotonic", lambda: passed[0])
    monkeypatch.setattr(checker, "WAIT_S", 0)
    return passed


def test_what_was_found_is_told_for_a_second(clock_s):
    found = iter(["first", "second"])
    asked = Checker(lambda: next(found), "silence", Immediate())

    told = [asked.ask(), asked.ask()]
    clock_s[0] += checker.KEPT_S + 0.1

    assert [*told, asked.ask()] == ["first", "first", "second"]


def test_a_look_that_is_slow_changes_nothing_and_one_that_hangs_is_an_answer(clock_s):
    pool = Hanging()
    asked = Checker(lambda: "", "silence", pool)
    asked.ask()
    pool.looks[0].set_result("ready")
    asked.ask()
    clock_s[0] += checker.KEPT_S + 0.1

    slow = asked.ask()
    clock_s[0] += checker.PATIENCE_S + 0.1
    hanging = asked.ask()

    assert (slow, hanging, len(pool.looks)) == ("ready", "silence", 2)


def test_who_hung_and_is_back_is_told_with_the_next_question(clock_s):
    pool = Hanging()
    asked = Checker(lambda: "", "silence", pool)
    asked.ask()
    clock_s[0] += checker.PATIENCE_S + 0.1
    assert asked.ask() == "silence"

    pool.looks[0].set_result("back")

    assert asked.ask() == "back"


def test_a_first_look_that_has_not_ended_is_no_yes(clock_s):
    assert Checker(lambda: "", "silence", Hanging()).ask() == "silence"


def test_a_bug_is_raised_to_who_asks_and_looked_for_again(clock_s):
    found = iter([ValueError("a bug"), None])

    def look():
        if error := next(found):
            raise error
        return "fine"

    asked = Checker(look, "silence", Immediate())
    with pytest.raises(ValueError, match="a bug"):
        asked.ask()
    clock_s[0] += checker.KEPT_S + 0.1

    assert asked.ask() == "fine"
