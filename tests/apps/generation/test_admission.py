"""Who may ask now, and what the others are told."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from apps.accounts.api_keys import api_key_create
from apps.accounts.models import TrafficLimit
from apps.core.errors import Overloaded
from apps.generation import limits
from apps.generation.admission import (
    NODE,
    Caller,
    Priority,
    admission_events,
    admitted,
    limit_headers,
)
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_place(one_place):
    """Every test has a room of its own."""


@pytest.fixture
def user():
    return UserFactory()


def ask(caller):
    with admitted(caller, priority=Priority.API) as admission:
        return admission


def refused(caller):
    with pytest.raises(Overloaded) as sent_away:
        ask(caller)
    return sent_away.value


def most_of(caller):
    limits._rules.cache_clear()
    return {str(rule.limited): (rule.subject, rule.most) for rule in limits.rules_of(caller)}


def test_a_user_beyond_the_limit_is_told_which_and_when_to_come_back(user):
    TrafficLimit.objects.create(user=user, requests_per_minute=1)
    ask(Caller.of(user))

    error = refused(Caller.of(user))

    assert (error.code, error.status) == ("rate_limited", 429)
    assert 1 <= error.retry_after_s <= 61
    assert error.message.startswith("You may ask 1 question a minute. Ask again in ")
    assert error.details["limit"] == "requests_per_minute"


def test_a_daily_quota_is_named_as_one(user):
    TrafficLimit.objects.create(user=user, requests_per_day=1)
    ask(Caller.of(user))

    assert refused(Caller.of(user)).code == "quota_exceeded"


def test_a_crowd_is_told_from_a_limit(user):
    with admitted(Caller.of(user), priority=Priority.API):
        error = refused(Caller.of(UserFactory()))

    assert error.code == "overloaded"
    assert error.details["retry_after_s"] == error.retry_after_s


def test_who_waits_is_told_where(user):
    with admitted(Caller.of(user), priority=Priority.API):
        waiting = admission_events(Caller.of(UserFactory()), priority=Priority.API)

        assert next(waiting).position == 0


def test_leaving_the_queue_gives_its_place_to_the_next(user, one_place):
    with admitted(Caller.of(user), priority=Priority.API):
        waiting = admission_events(Caller.of(user), priority=Priority.API)
        next(waiting)

        waiting.close()

        assert one_place.store.load().waiting == 0


def test_a_failed_answer_gives_its_place_back(user, one_place):
    with pytest.raises(ZeroDivisionError), admitted(Caller.of(user), priority=Priority.API):
        raise ZeroDivisionError

    assert one_place.store.load().running == 0


def test_tokens_told_are_counted_once_the_answer_is_done(user):
    TrafficLimit.objects.create(user=user, tokens_per_minute=100)
    with admitted(Caller.of(user), priority=Priority.API) as admission:
        admission.spend(70)
        admission.spend(40)

    assert refused(Caller.of(user)).details["limit"] == "tokens_per_minute"


def test_the_limit_of_a_key_goes_before_its_users(user):
    key, _ = api_key_create(user=user, name="intranet")
    TrafficLimit.objects.create(user=user, requests_per_minute=5, streams=2)
    TrafficLimit.objects.create(key=key, requests_per_minute=9)

    assert most_of(Caller.of(user, key)) == {
        "requests_per_minute": (f"key:{key.pk}", 9),
        "streams": (f"user:{user.pk}", 2),
    }


@pytest.mark.parametrize(("second", "expected"), [(50, 50), (3, 7), (None, 7), (0, None)])
def test_the_most_generous_group_counts(user, second, expected):
    for name, most in (("one", 7), ("two", second)):
        group = Group.objects.create(name=name)
        user.groups.add(group)
        TrafficLimit.objects.create(group=group, requests_per_minute=most)

    assert most_of(Caller.of(user)).get("requests_per_minute", ("", None))[1] == expected


def test_who_has_no_limit_of_their_own_has_the_configured_one(user, configured):
    configured("traffic", streams=3)

    assert most_of(Caller.of(user)) == {"streams": (f"user:{user.pk}", 3)}


def test_nothing_limits_the_node_itself(configured):
    configured("traffic", requests_per_minute=1)

    assert most_of(NODE) == {}


def test_headers_tell_what_is_left_of_each_limit(user):
    TrafficLimit.objects.create(user=user, requests_per_minute=5, tokens_per_minute=100)
    with admitted(Caller.of(user), priority=Priority.API) as admission:
        admission.spend(30)

    told = limit_headers(Caller.of(user))

    assert told["x-ratelimit-limit-requests"] == "5"
    assert told["x-ratelimit-remaining-requests"] == "4"
    assert told["x-ratelimit-remaining-tokens"] == "70"
    assert told["x-ratelimit-reset-requests"].endswith("s")


def test_who_has_no_limit_is_told_none(user):
    assert limit_headers(Caller.of(user)) == {}


def test_the_day_ends_at_midnight_of_the_configured_zone(configured, monkeypatch):
    configured("service", time_zone="Asia/Shanghai")
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 23, 15, 30, tzinfo=UTC))

    day = limits.today()

    assert (day.name, day.ends_in_s) == ("2026-11-23", 1800)
