"""Backups of an older program, restores that are killed, writers that go on: in files of SQLite."""

import pytest

from tests.installation import Installation

STORY = """
import json, os, shutil, signal, threading
from pathlib import Path
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from apps.accounts.models import User
from apps.core import config
from apps.knowledge.models import Collection
from apps.knowledge.services import collection_create
from apps.ops.backups import loading, making, restoring, schema
from ingest import services
from ingest.submissions import Upload
from tests.apps.ops.backups.backing import backed_up, everything, restored
from tests.apps.ops.kills import _in_child

home, place = Path(os.environ["CLAWDBOT_HOME"]), Path(os.environ["CLAWDBOT_HOME"]) / "backups"
by = User.objects.create_superuser("root")
collection = collection_create(name="C", by=by)
for number in range(3):
    content = [f"Secret {number}".encode()]
    upload = Upload(path=f"{number}.txt", content=content)
    services.document_submit(collection=collection, upload=upload, by=by)
call_command("migrate", "ops", "0002", verbosity=0)

tables = making._tables
def meanwhile(*arguments):
    def write():
        User.objects.filter(username="root").update(first_name="Ann")
        connections.close_all()
    thread = threading.Thread(target=write)
    thread.start()
    thread.join()
    return tables(*arguments)
making._tables = meanwhile
backed_up(place, passphrase=None)
call_command("migrate", verbosity=0)
was = json.dumps(everything()[0]).replace("'Ann'", "''")
connection.close()

def elsewhere():
    os.environ["CLAWDBOT_HOME"] = str(home / "elsewhere")
    config.load.cache_clear()
    (home / "elsewhere" / "data").mkdir(parents=True, exist_ok=True)
    connection.close()
    connection.settings_dict["NAME"] = str(home / "elsewhere" / "data" / "clawdbot.sqlite3")

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def killed(module, name):
    def work():
        elsewhere()
        setattr(module, name, die)
        restored(place, passphrase=None)
    return _in_child(work) is None

def look():
    elsewhere()
    restored(place, passphrase=None)
    return json.dumps(everything()[0]) == was and len(everything()[1])

print([killed(*at) for at in [(restoring, "original_keep"), (restoring, "rows_load"),
       (loading, "counters_set")]])
print(_in_child(look))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What came of it: was the restore killed three times, and how did the fourth end?"""
    return Installation(tmp_path_factory.mktemp("older")).django(STORY).splitlines()


def test_a_restore_is_killed_where_it_is_meant_to_be(told):
    assert told[0] == "[True, True, True]"


def test_the_next_restore_brings_all_back_and_the_tables_up_to_date(told):
    assert told[1] == "3"
