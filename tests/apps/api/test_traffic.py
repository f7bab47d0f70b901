"""What limits and the queue look like over HTTP."""

import pytest

from apps.accounts.models import TrafficLimit
from apps.core.traffic.room import Room
from apps.core.traffic.sqlite_store import SqliteStore
from apps.generation import admission, limits
from apps.generation.admission import NODE, Priority, admitted
from tests.apps.api.test_answers import ask, events_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def room(monkeypatch, tmp_path):
    """One place, and answers that take no time: whoever waits soon gives up."""
    monkeypatch.setattr("apps.core.traffic.sqlite_board.FIRST_MEAN_S", 0.01)
    monkeypatch.setattr(admission, "SHORTEST_WAIT_S", 0.05)
    own = Room(SqliteStore(tmp_path / "traffic.sqlite3", places=1, queue=64))
    monkeypatch.setattr(admission, "room", lambda: own)
    limits._rules.cache_clear()
    yield own
    limits._rules.cache_clear()


def test_answers_tell_what_is_left_and_a_refusal_when_to_come_back(call, reader, travel_policy):
    TrafficLimit.objects.create(user=reader, requests_per_minute=1)
    client = call(reader)

    answered, refused = ask(client), ask(client)

    assert answered["x-ratelimit-remaining-requests"] == "0"
    assert (refused.status_code, refused["x-ratelimit-limit-requests"]) == (429, "1")
    assert 1 <= int(refused["Retry-After"]) <= 61
    assert refused.json()["error"]["code"] == "rate_limited"


@pytest.mark.django_db(transaction=True)
def test_a_stream_tells_its_place_then_that_it_waited_in_vain(call, reader, travel_policy):
    with admitted(NODE, priority=Priority.PORTAL):
        events = events_of(ask(call(reader), stream=True))

    (first, told), (last, error) = events[0], events[-1]
    assert (first, told["stage"], told["position"]) == ("status", "queued", 0)
    assert (last, error["error"]["code"]) == ("error", "overloaded")
    assert error["error"]["details"]["retry_after_s"] >= 1


def test_without_a_limit_nothing_is_told(call, reader, travel_policy):
    response = ask(call(reader))

    assert not [name for name in response.headers if name.lower().startswith("x-ratelimit")]


def test_callers_see_their_limits_and_what_is_used(call, reader, travel_policy):
    TrafficLimit.objects.create(user=reader, requests_per_day=7, streams=2)
    client = call(reader)
    ask(client)

    told = client.get("/api/v1/me/limits/").json()["limits"]

    assert {(one["limit"], one["of"], one["most"], one["used"]) for one in told} == {
        ("streams", "user", 2, 0),
        ("requests_per_day", "user", 7, 1),
    }


def test_a_stranger_is_told_of_no_limits(client):
    assert client.get("/api/v1/me/limits/").status_code == 401
