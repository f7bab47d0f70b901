"""What a container waits for before its process starts."""

import pytest
from django.db import DatabaseError

from clawdbot_site.installation import migrations, operator, prepare
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def naps(monkeypatch):
    """Each wait makes the next thing happen; the names of those that happened."""
    events, happened = [], []

    def nap(_seconds):
        name, happen = events.pop(0)
        happen()
        happened.append(name)

    monkeypatch.setattr(prepare.time, "sleep", nap)
    return events, happened


def test_nothing_is_waited_for_where_all_is_there():
    UserFactory(is_superuser=True)

    prepare.await_prepared()


def test_it_waits_for_migrations_and_the_administrator(naps, monkeypatch, capsys):
    events, happened = naps
    monkeypatch.setattr(migrations, "unapplied", lambda: ["ops.0001"])
    events += [
        ("migrated", lambda: monkeypatch.setattr(migrations, "unapplied", list)),
        ("peopled", lambda: operator.User.objects.create_superuser("admin")),
    ]

    prepare.await_prepared()

    assert happened == ["migrated", "peopled"]
    assert "waiting: 1 migration not applied yet" in "".join(capsys.readouterr())


def test_a_database_that_is_away_is_asked_again(naps, monkeypatch):
    UserFactory(is_superuser=True)
    events, happened = naps

    def away():
        raise DatabaseError

    monkeypatch.setattr(migrations, "unapplied", away)
    events += [("back", lambda: monkeypatch.setattr(migrations, "unapplied", list))]

    with pytest.MonkeyPatch.context() as kept:
        kept.setattr(prepare.connection, "close", lambda: None)  # it is the test's transaction
        prepare.await_prepared()

    assert happened == ["back"]
