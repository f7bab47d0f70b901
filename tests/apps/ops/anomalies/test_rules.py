"""Each rule finds what it is for, and leaves alone what only looks like it."""

import json
from dataclasses import replace
from functools import partial

from apps.ops.anomalies.events import Calendar
from apps.ops.anomalies.kinds import Rule
from apps.ops.anomalies.watch import Watch
from tests.apps.ops.anomalies.requests import (
    DAY_S,
    HOUR_S,
    KEY,
    USER,
    found,
    opened,
    requests,
    rules,
    working_days,
)

AT_TEN, AT_THREE = 7 * DAY_S + 10 * HOUR_S, 7 * DAY_S + 3 * HOUR_S
PEOPLE = range(30)


def read(kept: dict[str, str], names: list[str]) -> dict[str, dict]:
    return {name: json.loads(kept[name]) for name in names if name in kept}


def test_a_working_week_has_no_anomalies():
    assert found(working_days(USER, 8, PEOPLE), working_days(KEY, 8)) == []


def test_a_person_who_opens_hundreds_of_documents_is_found_and_told_in_figures():
    findings = found(working_days(USER, 7, PEOPLE), opened(USER, AT_TEN, 120, 9.0))

    first = next(one for one in findings if one.rule == Rule.BULK_ENUMERATION)
    opened_so_far = first.figures["documents"]
    assert (first.subject, first.figures["usual"], first.figures["span"]) == ("user:7", 25, "hour")
    assert sum(first.minutes) == opened_so_far > 25


def test_a_program_that_reads_everything_each_night_is_left_alone():
    nights = [one for day in range(8) for one in opened(KEY, day * DAY_S + HOUR_S, 90, 20.0)]

    assert found(nights) == []


def test_questions_at_a_machines_pace_are_found():
    findings = found(working_days(USER, 7, PEOPLE), requests(USER, AT_TEN, 60, 20.0))

    assert (Rule.SCRAPING, "user:7") in rules(findings)


def test_a_program_that_always_comes_by_a_timer_is_left_alone():
    assert found(requests(KEY, 0, 8 * 288, 300.0)) == []


def test_a_program_that_asks_many_times_what_it_did_is_found():
    findings = found(working_days(KEY, 7), requests(KEY, AT_TEN, 600, 3.0))

    assert (Rule.SCRAPING, "key:3") in rules(findings)


def test_failures_of_everybody_are_one_trouble_and_not_everybodys_own():
    failing = [
        one
        for user in range(40)
        for one in requests(USER, AT_TEN + user, 4, 120.0, user=user, outcome="failed")
    ]

    findings = found(working_days(USER, 7, PEOPLE), failing)

    assert (Rule.ERROR_SPIKE, "all:") in rules(findings)
    assert not any(one.rule == Rule.ERROR_SPIKE and one.subject != "all:" for one in findings)


def test_failures_of_one_program_are_its_own():
    failing = requests(KEY, AT_TEN, 40, 20.0, outcome="failed")

    findings = found(working_days(USER, 8, PEOPLE), working_days(KEY, 7), failing)

    assert {one for one in rules(findings) if one[0] == Rule.ERROR_SPIKE} == {
        (Rule.ERROR_SPIKE, "key:3")
    }


def test_an_index_that_lost_its_half_shows_in_what_is_not_found():
    lost = working_days(replace(USER, outcome="not_found"), 1, PEOPLE)
    lost = [replace(one, at=one.at + 7 * DAY_S) for one in lost]

    assert (Rule.NOT_FOUND_SPIKE, "all:") in rules(found(working_days(USER, 7, PEOPLE), lost))


def test_answers_that_take_twice_as_long_are_found_within_the_hour():
    usual = [one for day in range(7) for one in requests(USER, day * DAY_S, 480, 180.0)]
    slow = requests(USER, 7 * DAY_S, 120, 60.0, ms=1900)

    first = next(one for one in found(usual, slow) if one.rule == Rule.LATENCY_SHIFT)

    assert (first.subject, round(first.figures["usual_ms"], -2)) == ("all:ask", 900)
    assert first.at - slow[0].at < HOUR_S


def test_a_key_from_a_network_that_nobody_uses_is_found_after_some_minutes():
    at_home = [replace(one, network="10.0.0.0/24") for one in working_days(KEY, 8)]
    stolen = requests(KEY, AT_TEN, 5, 10.0, network="45.83.12.0/24")

    first = next(one for one in found(at_home, stolen) if one.rule == Rule.KEY_NETWORK)

    assert (first.subject, first.figures["network"]) == ("key:3", "45.83.12.0/24")


def test_keys_that_move_together_to_another_network_are_left_alone():
    at_home = [replace(one, network="10.0.0.0/24") for one in working_days(KEY, 7, range(5))]
    moved = [
        one
        for key in range(5)
        for one in requests(KEY, AT_TEN, 60, 60.0, key=3 + key, network="10.9.0.0/24")
    ]

    assert Rule.KEY_NETWORK not in {one.rule for one in found(at_home, moved)}


def test_somebody_who_tries_doors_is_found():
    tried = [
        replace(one, document=f"x{n}")
        for n, one in enumerate(requests(USER, AT_TEN, 20, 30.0, kind="open", outcome="denied"))
    ]

    assert (Rule.DENIALS, "user:7") in rules(found(working_days(USER, 7), tried))


def test_the_same_closed_door_again_is_a_broken_link():
    tried = requests(USER, AT_TEN, 12, 30.0, kind="open", outcome="denied", document="x")

    assert found(working_days(USER, 7), tried) == []


def test_guessed_keys_are_found_by_their_network():
    guessed = requests(KEY, AT_TEN, 40, 5.0, key=None, user=None, network="185.3.7.0/24",
                       outcome="denied")  # fmt: skip

    assert (Rule.DENIALS, "net:185.3.7.0/24") in rules(found(guessed))


def test_attempts_to_overrule_are_found_when_they_are_repeated():
    once = requests(USER, AT_TEN, 1, 60.0, is_injection=True)
    often = requests(USER, AT_TEN, 4, 100.0, is_injection=True)

    assert found(working_days(USER, 7), once) == []
    assert (Rule.INJECTION, "user:7") in rules(found(working_days(USER, 7), often))


def test_somebody_who_works_by_day_and_is_active_at_three_is_found():
    at_night = requests(USER, AT_THREE, 10, 50.0)

    findings = found(working_days(USER, 7, PEOPLE), at_night)

    first = next(one for one in findings if one.rule == Rule.UNUSUAL_HOURS)
    assert (first.figures["hour"], first.figures["usual_from"]) == (3, 9)


def test_a_company_that_works_late_together_is_left_alone():
    late = [one for user in range(6) for one in requests(USER, AT_THREE, 10, 50.0, user=7 + user)]

    assert Rule.UNUSUAL_HOURS not in {
        one.rule for one in found(working_days(USER, 7, PEOPLE), late)
    }


def test_what_was_learned_can_be_kept_as_json():
    whole = [*working_days(USER, 4), *opened(USER, 4 * DAY_S, 120, 9.0)]
    whole.sort(key=lambda one: one.at)
    kept: dict[str, str] = {}
    findings = []
    for begin in range(0, len(whole), 50):
        watch = Watch(Calendar("UTC"), partial(read, kept))
        findings += watch.step(whole[begin : begin + 50])
        kept |= {name: json.dumps(watch.told(name)) for name in watch.touched}

    assert rules(findings) == rules(found(whole))
