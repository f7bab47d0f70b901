"""Backups of an older program, restores that are killed, writers that go on: in files of SQLite.

The tests' migrated database is copied into a file; a process of its own works there.
"""

import os
import signal
import sqlite3
import threading

import pytest
from django.core.management import call_command
from django.db import connection, connections

from apps.accounts.models import User
from apps.core import config
from apps.ops.backups import loading, making, restoring, schema
from tests.apps.ops.backups.backing import backed_up, everything, restored
from tests.apps.ops.kills import _in_child

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE_BACKUPS = ("ops", "0002")


@pytest.fixture
def homes(files, tmp_path):
    """Copies of the installation's database, each in a home of its own: `old`; `new` is empty."""
    path = tmp_path / "old" / "data" / "clawdbot.sqlite3"
    path.parent.mkdir(parents=True)
    (tmp_path / "new" / "data").mkdir(parents=True)
    connection.ensure_connection()
    with sqlite3.connect(path) as copy:
        connection.connection.backup(copy)
    return tmp_path


def at(home, work):
    """What the work returns in a process whose installation is in this home."""

    def there():
        os.environ["CLAWDBOT_HOME"] = str(home)
        config.load.cache_clear()
        connection.settings_dict["NAME"] = str(home / "data" / "clawdbot.sqlite3")
        connection.connection = None
        return work()

    return _in_child(there)


@pytest.fixture
def rows(homes):
    """What is in the tables, of which a backup was made when they were of the program before."""
    (homes / "old" / "data" / "blobs").symlink_to(config.load().data_dir / "blobs")

    def work():
        call_command("migrate", *BEFORE_BACKUPS, verbosity=0)
        tables = making._tables
        making._tables = lambda *arguments: (_write_meanwhile(), tables(*arguments))[1]
        backed_up(homes / "backups", passphrase=None)
        call_command("migrate", verbosity=0)
        has_changed = User.objects.filter(first_name="Changed").update(first_name="")
        return has_changed and everything()[0]

    return at(homes / "old", work)


def _write_meanwhile():
    def write():
        User.objects.update(first_name="Changed")
        connections.close_all()

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()


def is_killed(homes, module, name):
    """Whether a restore was killed where it would call this."""

    def work():
        setattr(module, name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
        restored(homes / "backups", passphrase=None)

    return at(homes / "new", work) is None


def test_older_tables_come_back_up_to_date_also_after_kills(homes, rows):
    assert is_killed(homes, schema.MigrationExecutor, "migrate")
    assert is_killed(homes, restoring, "original_keep")
    assert is_killed(homes, loading, "counters_set")

    def work():
        restored(homes / "backups", passphrase=None)
        return everything()[0], len(everything()[1])

    assert at(homes / "new", work) == [rows, 3]
