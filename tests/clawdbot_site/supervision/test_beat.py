"""Every node could ring, one does."""

import pytest
from celery import Celery
from django.db import OperationalError

from apps.core import leases
from apps.core.models import Lease
from clawdbot_site.supervision.beat import LOOK_S, GuardedScheduler

pytestmark = pytest.mark.django_db


@pytest.fixture
def beat(tmp_path, monkeypatch):
    """Makes the scheduler of a node; what all of them rang is in `rung`."""
    made = []

    def make(node):
        monkeypatch.setattr("clawdbot_site.supervision.beat.node_name", lambda: node)
        app = Celery(node, broker="memory://")
        app.conf.beat_schedule = {"sweep": {"task": "sweep", "schedule": 0.001}}
        scheduler = GuardedScheduler(app=app, schedule_filename=str(tmp_path / node))
        scheduler.apply_entry = lambda entry, producer=None: make.rung.append(node)
        made.append(scheduler)
        return scheduler

    make.rung = []
    yield make
    for scheduler in made:
        scheduler.close()


def ring(scheduler) -> float:
    """Two ticks: the first of a scheduler may find that nothing is due yet."""
    scheduler.tick()
    return scheduler.tick()


def test_one_of_two_rings_and_the_other_waits(beat):
    first, second = beat("n1"), beat("n2")

    ring(first)
    waits_s = ring(second)

    assert set(beat.rung) == {"n1"}
    assert waits_s == LOOK_S


def test_who_stops_in_order_is_followed_at_once(beat):
    first, second = beat("n1"), beat("n2")
    ring(first)

    first.close()
    ring(second)

    assert set(beat.rung) == {"n1", "n2"}


def test_nobody_rings_while_the_database_is_away_and_all_go_on_trying(beat, monkeypatch):
    def fail(*_arguments, **_options):
        raise OperationalError("away")

    scheduler = beat("n1")
    with monkeypatch.context() as away:
        away.setattr(leases, "lease_hold", fail)
        ring(scheduler)
        assert beat.rung == []

    ring(scheduler)
    assert set(beat.rung) == {"n1"}


def test_a_lease_is_short_enough_to_be_taken_over_and_long_enough_to_be_renewed(beat):
    ring(beat("n1"))

    lease = Lease.objects.get()
    assert (lease.name, lease.holder.startswith("n1 ")) == ("beat", True)
    assert ring(beat("n1")) <= LOOK_S
