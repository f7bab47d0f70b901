"""Clocks that are set back, stores that come and go, threads that die: no place is lost by them."""

import threading
from types import SimpleNamespace

import pytest
from redis import Redis

from apps.core.traffic.protocols import Limited, OutOfReach, Refused, Running
from apps.core.traffic.queueing import LEASE_S
from apps.core.traffic.redis_store import PREFIX, TIMEOUT_S
from apps.core.traffic.room import BEAT_S, Room
from apps.core.traffic.spare_store import TRIED_AGAIN_AFTER_S, SpareStore
from apps.core.traffic.sqlite_store import SqliteStore
from tests.apps.core.traffic.stores import TODAY, Where, entry, most
from tests.apps.core.traffic.test_room import SOON_S, Lost

ONE_A_MINUTE = most(Limited.REQUESTS, 1)


@pytest.fixture
def store(tmp_path):
    return SqliteStore(tmp_path / "traffic.sqlite3", places=1, queue=0)


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(now=10_000.0)
    clock.time = lambda: clock.now
    monkeypatch.setattr("apps.core.traffic.sqlite_store.time", clock)
    return clock


def test_places_of_the_dead_do_not_last_until_a_clock_that_was_set_back_has_caught_up(store, clock):
    store.enter(entry(), TODAY)

    clock.now = 1_000.0
    store.load()
    clock.now += LEASE_S + 1

    assert store.load().running == 0


def test_whoever_lives_keeps_the_place_when_the_clock_is_set_back(store, clock):
    store.enter(alive := entry(), TODAY)

    clock.now = 1_000.0

    assert store.load().running == 1
    assert store.poll([alive.ticket]) == {alive.ticket: Running()}


def test_limits_of_a_minute_do_not_last_until_the_clock_has_caught_up(store, clock):
    store.enter(first := entry(rules=ONE_A_MINUTE), TODAY)
    store.leave(first.ticket)

    clock.now = 1_000.0

    assert store.enter(entry(rules=ONE_A_MINUTE), TODAY) == Running()


def test_an_answer_never_took_less_than_no_time(store, clock):
    store.enter(first := entry(), TODAY)

    clock.now = 1_000.0
    store.leave(first.ticket)

    assert 0 < store.load().mean_s <= 1


def test_redis_takes_beats_of_a_future_as_of_now(redis_address):
    link = Redis.from_url(redis_address)
    link.flushall()
    nodes = Where(redis_address).opened()
    nodes.enter(first := entry(), TODAY)
    link.zadd(f"{PREFIX}beats", {first.ticket: 9e9})

    nodes.load()

    assert link.zscore(f"{PREFIX}beats", first.ticket) < 9e9


def test_those_who_ask_at_once_never_take_more_seats_than_there_are(store, monkeypatch):
    room, enter, second = Room(store, seats=1), store.enter, []

    def entering(one, day):
        second.append(room.enter(entry("user:2"), TODAY))
        return enter(one, day)

    monkeypatch.setattr(store, "enter", entering)
    room.enter(entry(), TODAY)

    assert isinstance(second[0], Refused)


def test_who_was_refused_by_the_store_left_the_seat(store):
    room = Room(store, seats=2)
    first = room.enter(entry(), TODAY)
    refused = [room.enter(entry("user:2"), TODAY) for _ in range(3)]
    first.leave()

    assert {type(one) for one in refused} == {Refused}
    assert room.enter(entry(), TODAY).state == Running()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_died_is_followed_by_another(store, monkeypatch):
    room, poll, polled = Room(store), store.poll, threading.Event()
    monkeypatch.setattr("apps.core.traffic.room.BEAT_S", 0.01)
    monkeypatch.setattr(store, "poll", lambda names: 1 / 0)
    first = room.enter(entry(), TODAY)
    room._thread.join(SOON_S)
    first.leave()

    monkeypatch.setattr(store, "poll", lambda names: (poll(names), polled.set())[0])
    room.enter(entry(), TODAY)

    assert polled.wait(SOON_S)


def test_a_lost_place_is_asked_for_no_more(store):
    room = Room(store)
    ticket = room.enter(entry(), TODAY)
    store.leave(ticket.entry.ticket)

    room._poll([ticket.entry.ticket])

    assert ticket.is_lost


def test_who_waits_in_a_redis_that_is_emptied_queues_again(redis_address):
    link, nodes = Redis.from_url(redis_address), Where(redis_address).opened(places=1)
    link.flushall()
    room = Room(nodes)
    room.enter(entry("user:1"), TODAY)
    waits = room.enter(entry("user:2", wait_limit_s=60), TODAY)

    link.flushall()

    assert waits.wait(SOON_S) == Running()


def test_who_waits_when_redis_goes_away_for_long_queues_on_the_node(store, monkeypatch):
    monkeypatch.setattr("apps.core.traffic.spare_store.LEASE_S", 0.0)
    first = SqliteStore(store._path.with_name("first.sqlite3"), places=1, queue=9)
    both = SpareStore(first, spare=store)
    room = Room(both)
    room.enter(entry("user:1"), TODAY)
    waits = room.enter(entry("user:2"), TODAY)

    both._first = Lost()

    assert waits.wait(SOON_S) == Running()


def test_a_question_whose_answer_got_lost_on_the_way_is_counted_once(redis_address):
    Redis.from_url(redis_address).flushall()
    nodes = Where(redis_address).opened()
    asked = entry(rules=ONE_A_MINUTE)

    assert [nodes.enter(asked, TODAY) for _ in range(2)] == [Running()] * 2


def test_a_blip_of_redis_is_shorter_than_a_lease():
    assert TIMEOUT_S + TRIED_AGAIN_AFTER_S + BEAT_S < LEASE_S


def test_while_redis_is_down_one_of_all_threads_tries_it(store):
    tried = []
    lost = SimpleNamespace(load=lambda: (tried.append(1), Lost().load())[0])
    both = SpareStore(lost, spare=store)

    for _ in range(5):
        both.load()

    assert len(tried) == 1


def test_those_whom_the_spare_store_refuses_are_not_kept(store):
    both = SpareStore(Lost(), spare=store)

    for _ in range(3):
        both.enter(entry(), TODAY)

    assert len(both._spared) == 1


def test_nobody_waits_without_end_for_a_thread_that_hangs_in_the_store(store, monkeypatch):
    monkeypatch.setattr("apps.core.traffic.sqlite_store.BUSY_S", 0.01)

    with store._lock, pytest.raises(OutOfReach):
        store.load()


def test_a_file_that_fails_is_opened_afresh(store):
    store.load()
    store._link.close()

    with pytest.raises(OutOfReach):
        store.load()

    assert store.load().running == 0


def test_all_processes_share_the_new_file_when_theirs_was_deleted(store, tmp_path):
    store.load()
    for file in tmp_path.glob("traffic.sqlite3*"):
        file.unlink()

    SqliteStore(tmp_path / "traffic.sqlite3", places=1, queue=0).enter(entry(), TODAY)

    assert store.load().running == 1
