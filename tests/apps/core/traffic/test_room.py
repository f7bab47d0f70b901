"""The tickets of one process."""

import threading

import pytest

from apps.core.traffic.protocols import (
    Forgotten,
    OutOfReach,
    Priority,
    Refused,
    Running,
    Waiting,
)
from apps.core.traffic.room import Room, Ticket
from apps.core.traffic.spare_store import SpareStore
from apps.core.traffic.sqlite_store import SqliteStore
from tests.apps.core.traffic.stores import TODAY, entry

SOON_S = 20.0


class Lost:
    """A store that cannot be asked."""

    def __getattr__(self, name):
        def refuse(*args, **kwargs):
            raise OutOfReach

        return refuse


@pytest.fixture
def store(tmp_path):
    return SqliteStore(tmp_path / "traffic.sqlite3", places=1, queue=64)


def test_who_waits_is_woken_when_another_process_gives_its_place_back(store, tmp_path):
    theirs = entry()
    other = SqliteStore(tmp_path / "traffic.sqlite3", places=1, queue=64)
    other.enter(theirs, TODAY)
    ticket = Room(store).enter(entry("user:2"), TODAY)

    other.leave(theirs.ticket)

    assert ticket.wait(SOON_S) == Running()


def test_who_still_waits_is_told_where(store):
    room = Room(store)
    room.enter(entry(), TODAY)

    ticket = room.enter(entry("user:2"), TODAY)

    assert isinstance(ticket.wait(0.01), Waiting)


def test_tickets_are_kept_alive_for_as_long_as_they_are_held(store, monkeypatch):
    monkeypatch.setattr("apps.core.traffic.room.BEAT_S", 0.01)
    beaten, poll = threading.Event(), store.poll
    monkeypatch.setattr(store, "poll", lambda names: (poll(names), beaten.set())[0])

    Room(store).enter(entry(), TODAY)

    assert beaten.wait(SOON_S)


def test_a_process_without_a_free_seat_refuses_at_once(store):
    room = Room(store, seats=1)
    room.enter(entry(), TODAY)

    assert isinstance(room.enter(entry("user:2"), TODAY), Refused)
    assert store.load().waiting == 0


def test_the_seats_of_a_process_are_shared_between_callers(store):
    room = Room(store, seats=3)
    flood = [room.enter(entry("user:1"), TODAY) for _ in range(3)]

    ticket = room.enter(entry("user:2"), TODAY)

    assert isinstance(ticket, Ticket)
    assert isinstance(flood[-1].state, Refused)


def test_a_person_finds_a_seat_among_programs_that_wait(store):
    room = Room(store, seats=2)
    room.enter(entry("user:1"), TODAY)
    program = room.enter(entry("user:2", Priority.API), TODAY)

    room.enter(entry("user:3", Priority.PORTAL), TODAY)

    assert isinstance(program.state, Refused)


def test_a_ticket_left_frees_its_seat_and_its_place(store):
    room = Room(store, seats=1)
    room.enter(entry(), TODAY).leave()

    ticket = room.enter(entry(), TODAY)

    assert ticket.state == Running()


def test_without_redis_each_node_counts_for_itself(store):
    room = Room(SpareStore(Lost(), spare=store))

    first, second = room.enter(entry(), TODAY), room.enter(entry("user:2"), TODAY)
    first.leave()

    assert first.state == Running()
    assert second.wait(SOON_S) == Running()


def test_a_place_that_cannot_be_given_back_is_no_failure_of_the_answer(store, monkeypatch):
    ticket = Room(store).enter(entry(), TODAY)
    monkeypatch.setattr(store, "leave", Lost().leave)

    ticket.leave()

    assert store.load().running == 1  # until its lease ends


def test_who_leaves_as_the_store_is_emptied_and_lost_leaves_the_others_their_places(
    store, monkeypatch
):
    room, again, poll = Room(store), threading.Event(), store.poll
    room.enter(entry(), TODAY)
    waiting = room.enter(entry("user:2"), TODAY)
    monkeypatch.setattr(store, "leave", Lost().leave)
    monkeypatch.setattr(store, "enter", lambda *_: (waiting.leave(), Running())[1])

    def told(names):
        if isinstance(waiting.state, Waiting):
            return {waiting.entry.ticket: Forgotten()}
        again.set()
        return poll(names)

    monkeypatch.setattr(store, "poll", told)

    assert again.wait(SOON_S)


def test_a_damaged_file_is_begun_anew(tmp_path):
    (tmp_path / "traffic.sqlite3").write_bytes(b"no database" * 1000)

    state = SqliteStore(tmp_path / "traffic.sqlite3", places=1, queue=1).enter(entry(), TODAY)

    assert state == Running()
