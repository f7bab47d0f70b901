"""One process at a time, for all nodes."""

from datetime import timedelta

import pytest

from apps.core import clock
from apps.core.leases import lease_end, lease_hold
from apps.core.models import Lease

pytestmark = pytest.mark.django_db


def hold(holder: str) -> bool:
    return lease_hold("beat", holder=holder, for_s=15)


def test_the_first_holds_it_and_the_second_waits():
    assert [hold("a"), hold("b"), hold("a"), hold("b")] == [True, False, True, False]


def test_a_lease_that_has_ended_is_taken_over_and_the_former_holder_is_told():
    hold("a")
    Lease.objects.update(until=clock.now() - timedelta(seconds=1))

    assert [hold("b"), hold("a")] == [True, False]


def test_who_lets_go_is_followed_at_once():
    hold("a")

    lease_end("beat", holder="a")

    assert hold("b")


def test_nobody_ends_the_lease_of_another():
    hold("a")

    lease_end("beat", holder="b")

    assert not hold("b")
