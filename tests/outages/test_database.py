"""A PostgreSQL that goes away is noticed within seconds, and what it was asked is asked again."""

import socket

import pytest
from django.db import OperationalError

from apps.core.outages import DATABASE_AWAY, is_cut
from clawdbot_site.installation import connection_checks
from tests.installation import wait_until

TERMINATE = "SELECT pg_terminate_backend(pg_backend_pid())"
LOCKED = "SET lock_timeout = '1ms'; LOCK TABLE held"


def asking(connection, sql):
    """What comes of it: an exception, or the first value."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0]
    except DATABASE_AWAY as error:
        return error


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("tcp_keepalives_idle", "10"),  # s; 2 hours by itself
        ("tcp_user_timeout", "20000"),
        ("idle_in_transaction_session_timeout", "5min"),
    ],
)
def test_the_server_gives_up_clients_that_are_gone(connected, setting, value):
    assert str(asking(connected(), f"SHOW {setting}")).removesuffix("ms") == value


def test_the_address_may_end_in_parameters_of_libpq(connected):
    connection = connected("?options=-c%20statement_timeout%3D7s&application_name=mine")

    assert asking(connection, "SHOW statement_timeout") == "7s"
    assert asking(connection, "SHOW application_name") == "mine"


def test_a_pooler_that_takes_no_options_gets_none(connected):
    assert asking(connected("?options="), "SHOW tcp_keepalives_idle") != "10"


def test_connections_are_named_after_their_node(connected, settings):
    assert asking(connected(), "SHOW application_name").startswith("clawdbot ")


def test_a_server_that_never_answers_is_given_up(connected):
    connection = connected()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        connection.settings_dict["PORT"] = str(silent.getsockname()[1])

        told = asking(connection, "SELECT 1")

    assert "timeout" in str(told)


def test_an_end_of_the_connection_is_told_from_a_refusal(connected):
    connection, other = connected(), connected()
    with other.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS held ()")
        cursor.execute("BEGIN; LOCK TABLE held")
        refused = asking(connection, LOCKED)
        cursor.execute("ROLLBACK")

    cut, again = asking(connection, TERMINATE), asking(connection, "SELECT 1")

    assert [type(one) for one in (refused, cut, again)] == [OperationalError] * 3
    assert [is_cut(one) for one in (refused, cut, again)] == [False, True, True]


def test_a_restarted_server_is_reached_again_by_the_next_request(connected, postgresql):
    connection = connected()
    asking(connection, "SELECT 1")

    postgresql.close()
    postgresql.start()
    wait_until(lambda: asking(connected(), "SELECT 1") == 1, what="PostgreSQL is back")
    connection.close_if_unusable_or_obsolete()  # as Django does between requests

    assert asking(connection, "SELECT 1") == 1


@pytest.mark.parametrize(("count", "is_fine"), [(1, True), (9, False)])
def test_the_doctor_counts_the_connections_of_all_nodes(connected, monkeypatch, count, is_fine):
    monkeypatch.setattr(connection_checks, "connection", connected())
    monkeypatch.setattr(connection_checks, "nodes", lambda: [object()] * count)

    [found] = connection_checks.connection_findings()

    assert found.is_fine is is_fine
    assert ("max_connections" in found.remedy) is not is_fine
