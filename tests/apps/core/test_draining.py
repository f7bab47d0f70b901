"""What the processes of a web server know together of its end."""

import multiprocessing

import pytest

from apps.core import draining


@pytest.fixture(autouse=True)
def _fresh():
    draining.forget()
    yield
    draining.forget()


def test_children_learn_of_the_end_from_their_parent_and_the_parent_of_balancers_from_them():
    child = multiprocessing.get_context("fork").Process(target=draining.note_poll, args=("nginx",))
    child.start()
    child.join()

    assert draining.is_polled()
    assert not draining.is_draining()


def test_our_own_commands_are_no_balancers():
    draining.note_poll(f"{draining.OWN_AGENT}0.2.0")

    assert not draining.is_polled()


def test_a_balancer_that_asked_long_ago_is_gone(monkeypatch):
    draining.note_poll("nginx")
    now = draining.time.monotonic()
    monkeypatch.setattr(draining.time, "monotonic", lambda: now + draining.POLLED_WITHIN_S + 1)

    assert not draining.is_polled()
