"""Figures of what was asked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.generation.models import Feedback, Trace, TraceSource
from apps.knowledge.access import Scope
from apps.knowledge.models import Version
from apps.ops import answer_figures
from tests.factories import ChunkFactory, CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return UserFactory()


def everything():
    return Scope.of(UserFactory(is_superuser=True))


def asked(user, *, days_ago=0, is_answered=True, ms=10.0, version: Version | None = None) -> Trace:
    trace = Trace(user=user, question="?", is_answered=is_answered, timings_ms={"total": ms})
    if version:
        entry = {"document": str(version.document.uuid), "version": str(version.uuid)}
        trace.candidates = [entry]
        trace.citations = [entry] if is_answered else []
    trace.save()
    if version:
        TraceSource.objects.create(trace=trace, version_id=version.pk, version_uuid=version.uuid)
    Trace.objects.filter(pk=trace.pk).update(created_at=timezone.now() - timedelta(days=days_ago))
    return trace


def test_today_and_the_week_are_counted_apart(user):
    asked(user)
    asked(user, days_ago=3, is_answered=False)
    asked(user, days_ago=9)

    found = answer_figures.of_all()

    assert (found.today.asked, found.today.answered_percent) == (1, 100)
    assert (found.week.asked, found.week.not_found) == (2, 1)


def test_every_day_has_its_bar_also_one_without_questions(user):
    asked(user, days_ago=2)

    days = answer_figures.of_all().days

    assert len(days) == answer_figures.DAYS
    assert [day.asked for day in days[-4:]] == [0, 1, 0, 0]


def test_the_times_are_the_median_and_the_slow_end(user):
    for ms in range(1, 101):
        asked(user, ms=float(ms))

    found = answer_figures.of_all()

    assert (found.median_ms, found.p95_ms) == (50.5, 95.0)


def test_searches_are_no_questions(user):
    Trace.objects.create(user=user, question="?", kind=Trace.Kind.SEARCH)

    assert answer_figures.of_all().week.asked == 0


def test_one_answer_with_two_verdicts_is_one_question(user):
    trace = asked(user)
    for one in (user, UserFactory()):
        Feedback.objects.create(trace=trace, user=one, verdict=Feedback.Verdict.DOWN)

    week = answer_figures.of_all().week

    assert (week.asked, week.down) == (1, 2)


def test_a_collection_counts_what_it_answered_and_what_it_came_nearest_to(user):
    version, other = ChunkFactory().version, ChunkFactory().version
    trace = asked(user, version=version)
    asked(user, version=version, is_answered=False)
    asked(user, version=other)
    Feedback.objects.create(trace=trace, user=user, verdict=Feedback.Verdict.UP)

    found = answer_figures.of_collection(version.document.collection, scope=everything())

    assert (found.share.asked, found.share.answered, found.up) == (2, 1, 1)


def test_a_collection_that_only_stood_by_is_not_counted(user):
    cited, near = ChunkFactory().version, ChunkFactory().version
    trace = asked(user, version=cited)
    TraceSource.objects.create(trace=trace, version_id=near.pk, version_uuid=near.uuid)

    found = answer_figures.of_collection(near.document.collection, scope=everything())
    assert found.share.asked == 0


def test_an_empty_collection_has_no_figures():
    assert answer_figures.of_collection(CollectionFactory(), scope=everything()).share.asked == 0
