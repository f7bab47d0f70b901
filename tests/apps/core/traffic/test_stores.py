"""The contract of Store: one suite for the file and for Redis."""

import pytest

from apps.core.traffic import queueing
from apps.core.traffic.protocols import (
    Forgotten,
    Limited,
    Priority,
    Refused,
    Running,
    Used,
    Waiting,
)
from tests.apps.core.traffic import stores
from tests.apps.core.traffic.stores import TODAY, entry, most

EVERY_LIMIT = [Limited.REQUESTS, Limited.STREAMS, Limited.DAY]


def test_a_free_place_is_given_at_once(where):
    store = where.opened()

    state = store.enter(entry(), TODAY)

    assert state == Running()


def test_who_finds_no_place_waits_and_is_next_when_one_is_given_back(where):
    store = where.opened(places=1)
    first, second, third = entry("user:1"), entry("user:2"), entry("user:3")
    states = [store.enter(one, TODAY) for one in (first, second, third)]

    store.leave(first.ticket)
    after = store.poll([second.ticket, third.ticket])

    assert [getattr(state, "position", None) for state in states] == [None, 0, 1]
    assert after[second.ticket] == Running()
    assert after[third.ticket].position == 0


def test_giving_back_twice_frees_one_place(where):
    store = where.opened(places=2)
    first, second, third, fourth = (entry() for _ in range(4))
    for one in (first, second, third, fourth):
        store.enter(one, TODAY)

    store.leave(first.ticket)
    store.leave(first.ticket)

    assert isinstance(store.poll([fourth.ticket])[fourth.ticket], Waiting)


def test_callers_take_turns_whoever_asked_fifty_times(where):
    store = where.opened(places=1)
    flood = [entry("user:1") for _ in range(50)]
    for one in flood:
        store.enter(one, TODAY)
    single, other = entry("user:2"), entry("user:3")

    positions = [store.enter(one, TODAY).position for one in (single, other)]

    assert positions == [0, 1]


def test_people_go_before_programs_and_those_before_batches(where):
    store = where.opened(places=1)
    store.enter(entry("user:0"), TODAY)
    line = [entry(f"user:{1 + n}", one) for n, one in enumerate(reversed(Priority))]
    for one in line:
        store.enter(one, TODAY)

    states = store.poll([one.ticket for one in line])

    assert [states[one.ticket].position for one in line] == [2, 1, 0]


def test_a_batch_that_has_waited_long_goes_before_people(where, monkeypatch):
    monkeypatch.setitem(queueing.LATER_S, Priority.BATCH, -1.0)  # as if it came so much earlier
    store = where.opened(places=1)
    store.enter(entry(), TODAY)
    store.enter(person := entry("user:2", Priority.PORTAL), TODAY)

    state = store.enter(entry("user:3", Priority.BATCH), TODAY)

    assert state.position == 0
    assert store.poll([person.ticket])[person.ticket].position == 1


@pytest.mark.parametrize("limited", EVERY_LIMIT)
def test_a_limit_that_is_reached_refuses_and_counts_nothing(where, limited):
    store, rules = where.opened(places=9), most(limited, 2)
    for _ in range(2):
        store.enter(entry(rules=rules), TODAY)

    refused = store.enter(entry(rules=rules), TODAY)

    assert refused.rule == rules[0]
    assert 0 < refused.retry_after_s <= 3600
    assert store.used(rules, TODAY)[rules[0]].count == 2


def test_another_caller_is_not_counted(where):
    store = where.opened()
    store.enter(entry(rules=most(Limited.REQUESTS, 1, "user:1")), TODAY)

    state = store.enter(entry(rules=most(Limited.REQUESTS, 1, "user:2")), TODAY)

    assert state == Running()


def test_a_day_later_the_daily_quota_is_whole(where):
    store, rules = where.opened(), most(Limited.DAY, 1)
    store.enter(entry(rules=rules), TODAY)

    state = store.enter(entry(rules=rules), stores.Day("2026-11-24", 3600))

    assert state == Running()


def test_tokens_are_reserved_then_counted_as_used(where):
    store, rules = where.opened(places=9), most(Limited.TOKENS, 1000)
    store.enter(first := entry(rules=rules, tokens=900), TODAY)
    while_reserved = store.enter(entry(rules=rules, tokens=200), TODAY)

    store.leave(first.ticket, tokens=300)

    assert isinstance(while_reserved, Refused)
    assert store.used(rules, TODAY)[rules[0]].count == 300
    assert store.enter(entry(rules=rules, tokens=200), TODAY) == Running()


def test_more_tokens_than_the_limit_pass_when_nothing_else_counts(where):
    state = where.opened().enter(entry(rules=most(Limited.TOKENS, 10), tokens=500), TODAY)

    assert state == Running()


def test_who_was_not_served_was_not_counted(where):
    store, rules = where.opened(), (*most(Limited.REQUESTS, 5), *most(Limited.DAY, 5))
    store.enter(one := entry(rules=rules), TODAY)

    store.leave(one.ticket, is_served=False)

    assert [used.count for used in store.used(rules, TODAY).values()] == [0, 0]


def test_an_answer_given_back_frees_its_stream(where):
    store, rules = where.opened(), most(Limited.STREAMS, 1)
    store.enter(one := entry(rules=rules), TODAY)

    store.leave(one.ticket)

    assert store.used(rules, TODAY)[rules[0]] == Used(0, 0)


def test_a_full_queue_refuses_an_equal(where):
    store = where.opened(places=1, queue=1)
    for name in ("user:1", "user:2"):
        store.enter(entry(name), TODAY)

    state = store.enter(entry("user:3"), TODAY)

    assert isinstance(state, Refused)
    assert state.rule is None


def test_in_a_full_queue_the_caller_with_most_makes_room(where):
    store, rules = where.opened(places=1, queue=3), most(Limited.REQUESTS, 99)
    flood = [entry("user:1", rules=rules) for _ in range(4)]
    for one in flood:
        store.enter(one, TODAY)

    state = store.enter(entry("user:2"), TODAY)

    assert state.position == 0
    assert isinstance(store.poll([flood[-1].ticket])[flood[-1].ticket], Refused)
    assert store.used(rules, TODAY)[rules[0]].count == 3


def test_in_a_full_queue_a_batch_makes_room_for_a_person(where):
    store = where.opened(places=1, queue=1)
    store.enter(entry("user:1"), TODAY)
    store.enter(batch := entry("user:2", Priority.BATCH), TODAY)

    state = store.enter(entry("user:3", Priority.PORTAL), TODAY)

    assert state.position == 0
    assert isinstance(store.poll([batch.ticket])[batch.ticket], Refused)


def test_who_would_wait_too_long_is_told_at_once(where):
    store = where.opened(places=1)
    store.enter(entry(), TODAY)

    state = store.enter(entry("user:2", wait_limit_s=0.5), TODAY)

    assert state == Refused(1.0)  # an answer is taken to last a second until one was timed


def test_processes_together_never_pass_a_limit(where):
    rules = most(Limited.DAY, 50)

    let_in = stores.in_processes(3, stores.many_enter, where, 40, rules)

    assert sum(let_in) == 50


def test_processes_together_never_hold_more_than_the_places(where):
    seen = stores.in_processes(3, stores.many_hold, where, 60)

    assert 1 <= max(seen) <= 3
    assert where.opened(places=3).load().running == 0


def test_places_of_a_killed_process_come_back(where, monkeypatch):
    told = stores.SPAWN.SimpleQueue()
    victim = stores.SPAWN.Process(target=stores.enter_and_hang, args=(where, 2, told))
    victim.start()
    assert told.get() == 2

    victim.kill()
    victim.join()
    monkeypatch.setattr("apps.core.traffic.redis_store.LEASE_S", 0.0)
    monkeypatch.setattr("apps.core.traffic.sqlite_board.LEASE_S", 0.0)

    assert where.opened().enter(entry("user:2"), TODAY) == Running()
    assert where.opened().load().waiting == 0


def test_a_ticket_that_is_polled_is_not_taken_for_dead(where, monkeypatch):
    monkeypatch.setattr("apps.core.traffic.redis_store.LEASE_S", 0.0)
    monkeypatch.setattr("apps.core.traffic.sqlite_board.LEASE_S", 0.0)
    store = where.opened(places=1)
    store.enter(alive := entry(), TODAY)

    states = [store.poll([alive.ticket])[alive.ticket] for _ in range(3)]

    assert states == [Running()] * 3


def test_those_who_are_sent_away_are_told_to_come_back_one_after_the_other(where):
    store = where.opened(places=4)

    told = [store.send_away().retry_after_s for _ in range(3)]

    assert told == pytest.approx([0.25, 0.5, 0.75], abs=0.1)


def test_who_would_wait_longer_than_answers_take_is_sent_away(where):
    store = where.opened(places=1)
    store.enter(entry(), TODAY)
    store.enter(entry("user:2", wait_limit_answers=1.0), TODAY)

    assert isinstance(store.enter(entry("user:3", wait_limit_answers=1.0), TODAY), Refused)


def test_a_ticket_that_nobody_knows_is_forgotten_not_refused(where):
    store = where.opened()

    assert store.poll(["nobody"]) == {"nobody": Forgotten()}
