"""From the tables of the minor version before to ours and back, in PostgreSQL."""

import json
import os
import subprocess
import sys

import pytest

from apps.core.version import VERSION
from tests import services
from tests.installation import ROOT, Console

OLD = """
from uuid import uuid4
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from apps.core.version import VERSION, minor_of
from clawdbot_site.upgrading.releases import HEADS, before
heads = list(HEADS[before(minor_of(VERSION))].items())
"""
TO_OLD = OLD + "MigrationExecutor(connection).migrate(heads)"
# The models as that program had them write a row with every column that they know.
WRITE_AS_OLD = (
    OLD
    + """
apps = MigrationExecutor(connection).loader.project_state(heads).apps
user = apps.get_model("accounts", "User").objects.create(username=uuid4().hex, password="")
collection = apps.get_model("knowledge", "Collection").objects.create(name=uuid4().hex)
given = {"name": "p.ckb", "requested_by_id": user.pk}
known = {field.attname for field in apps.get_model("ops", "PackImport")._meta.concrete_fields}
row = apps.get_model("ops", "PackImport").objects.create(
    **{key: value for key, value in given.items() if key in known})
print("sha256" in known, row.pk > 0)
"""
)
STATE = """
import json
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from apps.core.schema_records import SchemaChange
there = SchemaChange._meta.db_table in connection.introspection.table_names()
print(json.dumps({
    "applied": sorted(MigrationRecorder(connection).applied_migrations()),
    "changes": list(SchemaChange.objects.values_list("version", flat=True)) if there else None,
}))
"""


class Old:
    """An installation of the minor version before."""

    def __init__(self, home, url):
        self.environment = os.environ | {
            "CLAWDBOT_HOME": str(home),
            "CLAWDBOT_DATABASE__URL": url,
            "DJANGO_SETTINGS_MODULE": "clawdbot_site.settings",
        }
        self.console = Console(self.environment)
        self.console.run(TO_OLD)

    def clawdbot(self, *arguments):
        return subprocess.Popen(
            [sys.executable, "-m", "clawdbot_site.cli.main", *arguments],
            cwd=ROOT, env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def said(self, *arguments):
        process = self.clawdbot(*arguments)
        return process.communicate(timeout=300)[0], process.returncode

    def state(self):
        return json.loads(self.console.run(STATE))


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    with services.postgresql() as url:
        made = Old(tmp_path_factory.mktemp("home"), url)
        yield made
        made.console.close()


@pytest.fixture(scope="module")
def before(old):
    return old.state()


@pytest.fixture(scope="module")
def checked(old, before):
    return old.said("upgrade", "check")


@pytest.fixture(scope="module")
def both(old, checked):
    """Two nodes begin at the same time."""
    processes = [old.clawdbot("upgrade", "--no-backup") for _ in range(2)]
    return [(process.communicate(timeout=300)[0], process.returncode) for process in processes]


def test_looking_says_what_would_be_done_and_asks_for_a_backup(checked, old):
    said, code = checked

    assert code == 1
    assert "core.0001_nodes: others go on working" in said
    assert "Set backup.to, or make one by other means and say --no-backup." in said


def test_of_two_nodes_one_changes_the_tables(both, old):
    assert [code for _, code in both] == [0, 0], both
    assert old.state()["changes"] == [VERSION]


def test_the_program_before_writes_its_rows_into_the_new_tables(both, old):
    assert old.console.run(WRITE_AS_OLD) == "False True"


def test_nothing_is_left_to_do_then(both, old):
    said, code = old.said("upgrade", "check")

    assert code == 0
    assert "as this program needs them" in said


def test_what_came_is_taken_back_and_the_rows_stay(both, before, old):
    said, code = old.said("upgrade", "back", "--no-backup")

    now = old.state()
    ours = {"core", "knowledge", "ops", "accounts", "generation", "retrieval", "modelhub", "ingest"}
    assert code == 0, said
    assert [m for m in now["applied"] if m[0] in ours] == [
        m for m in before["applied"] if m[0] in ours
    ]
    assert old.console.run(WRITE_AS_OLD) == "False True"
