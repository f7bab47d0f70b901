"""A workstation grows into a server, and back: SQLite to PostgreSQL to SQLite, nothing changed."""

import json

import pytest

from apps.knowledge.models import Document
from tests import services
from tests.apps.ops.backups.backing import backed_up, emptied, everything, restored
from tests.installation import Installation

pytestmark = pytest.mark.django_db(transaction=True)
STORY = """
import json, threading
from pathlib import Path
from django.db import connection, connections
from apps.accounts.models import User
from apps.knowledge.models import Collection, Document
from apps.ops.backups import making, schema
from tests.apps.ops.backups.backing import backed_up, opened, restored

first, second = Path("%(folder)s/backups"), Path("%(folder)s/second")
done = restored(first)
print(json.dumps(done.changed))
print(Document.objects.filter(metadata__year=2026).count())
print(Collection.objects.create(name="After").pk > %(last)d)
Collection.objects.filter(name="After").delete()

def write():
    User.objects.create(username="late")
    connections.close_all()

tables = making._tables
def meanwhile(*arguments):
    thread = threading.Thread(target=write)
    thread.start()
    thread.join()
    return tables(*arguments)
making._tables = meanwhile
made = backed_up(second)
User.objects.get(username="late")
accounts = next(one for one in opened(second).contents(made.snapshot).tables
                if one.label == "accounts.user")
print(sum(shard.rows for shard in accounts.shards) == User.objects.count() - 1)
"""


def test_a_workstation_becomes_a_server_and_a_workstation(finance, place, tmp_path):
    Document.objects.filter(path="notes/vault").update(title="nul\x00" + "x" * 600)
    before, last = everything(), finance.pk
    backed_up(place)
    with services.postgresql() as url:
        server = Installation(tmp_path / "server", CLAWDBOT_DATABASE__URL=url)
        told = server.django(STORY % {"folder": tmp_path, "last": last}).splitlines()
    emptied()
    restored(tmp_path / "second")
    rows, originals = everything()

    assert json.loads(told[0]) == {"knowledge_document.title": 1}
    assert told[1:] == ["2", "True", "True"]
    assert Document.objects.get(path="notes/vault").title == "nul\ufffd" + "x" * 496
    del rows["knowledge.document"], before[0]["knowledge.document"]
    assert (rows, originals) == before
