"""Golden sets that are asked by themselves after a change, once it has settled."""

from datetime import timedelta

import pytest

from apps.core import clock
from apps.evaluation import running
from apps.evaluation.models import EvaluationRun, GoldenSet
from apps.evaluation.watching import watch
from apps.modelhub.models import Profile
from apps.modelhub.profiles import profiles_forget
from apps.modelhub.profiles.own_terms import profile_changed
from tests.apps.evaluation.worlds import asked, golden, papers, place
from tests.factories import VersionFactory

__all__ = ["golden", "papers", "place"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def later(monkeypatch):
    """Lets time pass."""

    def pass_by(**time):
        now = clock.now() + timedelta(**time)
        monkeypatch.setattr(clock, "now", lambda: now)

    return pass_by


def test_a_set_is_asked_once_things_have_settled(golden, later):
    assert watch() == 0
    later(minutes=11)

    assert watch() == 1
    assert EvaluationRun.objects.get().cause == "change"


def test_what_is_in_force_is_asked_with_once(golden, later):
    asked(golden)

    assert watch() == 0
    later(minutes=11)
    assert watch() == 0


def test_the_parts_that_changed_are_told(golden, later, configured):
    asked(golden)
    configured("retrieval", rrf_k=10)
    watch()
    later(minutes=11)
    watch()

    assert EvaluationRun.objects.first().changes == ["retrieval"]


def test_a_change_of_a_profile_counts(golden, later):
    asked(golden)
    profile = Profile.objects.get(name="general")
    profile_changed(profile)
    profiles_forget()
    watch()
    later(minutes=11)

    assert watch() == 1


def test_a_change_that_goes_on_is_waited_for_not_for_ever(golden, later, configured):
    asked(golden)
    for constant in range(1, 8):
        configured("retrieval", rrf_k=constant)
        assert watch() == 0
        later(minutes=9)
    later(hours=6)

    assert watch() == 1


def test_documents_alone_do_not_have_it_asked_all_day(golden, later, place):
    asked(golden)
    VersionFactory(document__collection=place)
    watch()
    later(minutes=30)
    assert watch() == 0
    later(hours=12)

    assert watch() == 1


def test_nobody_asks_a_set_that_is_not_watched(golden, later):
    GoldenSet.objects.update(is_watched=False)
    watch()
    later(minutes=11)

    assert watch() == 0


def test_what_was_queued_is_worked_off(golden, later):
    watch()
    later(minutes=11)
    watch()

    running.work(60.0)

    assert EvaluationRun.objects.get().state == "done"
