"""It is as late on all nodes as it is in the database."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError

from apps.core import clock
from apps.core.models import PublicModel
from clawdbot_site.celery_settings import SCHEDULE

HOLDING = """
from apps.core import clock
from apps.core.leases import lease_hold
print(round(clock.ahead_s()), lease_hold("bell", holder="{holder}", for_s=60))
"""


@pytest.fixture
def local(monkeypatch):
    """This machine's clocks: `date` that people set, `passed` that nobody can."""
    local = SimpleNamespace(date=5e9, passed=1000.0)
    local.time, local.monotonic = lambda: local.date, lambda: local.passed
    monkeypatch.setattr(clock, "time", local)
    return local


@pytest.fixture
def asked(on_postgresql):
    """The questions that the database was asked."""
    asked = []

    def note(execute, sql, *rest):
        asked.append(sql)
        return execute(sql, *rest)

    with on_postgresql.execute_wrapper(note):
        yield asked


def test_a_lease_holds_against_a_node_whose_clock_is_two_minutes_ahead(on_node):
    behind = on_node(HOLDING.format(holder="behind"), ahead_s=-120)
    ahead = on_node(HOLDING.format(holder="ahead"), ahead_s=120)

    assert (behind, ahead) == ("-120 True", "120 False")


def test_the_time_is_the_databases_whatever_date_the_machine_has(on_postgresql, local):
    with on_postgresql.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        [told] = cursor.fetchone()

    assert abs(clock.now() - told) < timedelta(minutes=1)


def test_the_database_is_asked_once_in_a_while(asked, local):
    first = clock.now()
    local.date, local.passed = local.date + 29, local.passed + 29

    assert (clock.now() - first, len(asked)) == (timedelta(seconds=29), 1)


def test_after_a_while_it_is_asked_again(asked, local):
    clock.now()
    local.date, local.passed = local.date + 31, local.passed + 31

    clock.now()

    assert len(asked) == 2


def test_it_is_asked_again_when_the_machine_slept_or_its_clock_was_set(asked, local):
    clock.now()
    local.date += 3600

    clock.now()

    assert len(asked) == 2


def test_when_it_has_to_be_asked_and_is_away_that_is_said(on_postgresql, postgresql):
    on_postgresql.settings_dict["PORT"] = "1"

    with pytest.raises(DatabaseError):
        clock.now()


def test_rows_are_dated_by_it(on_postgresql, local):
    field = PublicModel._meta.get_field("created_at")
    row = SimpleNamespace()

    assert field.pre_save(row, add=True) == row.created_at
    assert row.created_at.year < 2100  # and not that of this machine, long after


def test_migrations_do_not_know_of_it():
    field = PublicModel._meta.get_field("created_at")

    assert field.deconstruct()[1] == "django.db.models.DateTimeField"


def test_no_bell_of_the_schedule_expires_by_a_clock_two_minutes_ahead():
    lifetimes = [entry["options"]["expires"] - entry["schedule"] for entry in SCHEDULE.values()]

    assert min(lifetimes) > 120
