"""kill -9 at every step: before the commit all is whole, after it nothing is shown; counts hold."""

import json

import pytest

from tests.apps.ops.nothing_is_left import DELETE, USE
from tests.installation import Installation

HEADER = """
import json
from pathlib import Path
from apps.core import config
from apps.accounts.models import User
from apps.generation.models import Trace
from apps.generation.traces import trace_get
from apps.knowledge import blobs
from apps.knowledge.access import Scope, chunks_of
from apps.knowledge.deletion import collection_delete
from apps.knowledge.models import Chunk, Collection, Erasure, Page, Version
from apps.ops.erasure import purge
from apps.retrieval.models import NodeIndex, Vector
from tests.apps.ops.kills import every_kill
data = config.load().data_dir

def admin():
    return User.objects.get(username="admin")

def shown():
    traces = [trace_get(one.uuid, admin()) for one in Trace.objects.filter(is_answered=True)]
    return [chunks_of(Scope.of(admin())).count(), sum(len(one.citations) for one in traces),
        sum("Zyxquorvale" in one.answer + str(one.citations) for one in traces)]

def kept():
    blob = [blobs.exists(one.content_sha256) for one in Version.objects.order_by("pk")]
    return [Chunk.objects.count(), Page.objects.count(), Vector.objects.count(), sum(blob)]
"""
DELETING = (
    HEADER
    + """
def delete():
    collection_delete(collection=Collection.objects.get(), by=admin())

def look():
    return {"receipts": Erasure.objects.count(), "shown": shown(), "kept": kept()}

print(json.dumps(every_kill(data, delete, look)))
"""
)
PURGING = (
    HEADER
    + """
from apps.ops import erasure
erasure.PAUSE_S = 0

def look():
    between = shown()
    purge()
    receipts = Erasure.objects.order_by("pk")
    return {"between": between, "counts": [one.counts for one in receipts], "kept": kept(),
        "purged": all(one.purged_at for one in receipts)}

print(json.dumps(every_kill(data, purge, look)))
"""
)


@pytest.fixture
def installation(tmp_path):
    running = Installation(tmp_path)
    running.django(USE)
    yield running
    running.close()


def test_a_delete_killed_at_any_step_has_happened_wholly_or_not_at_all(installation):
    found = json.loads(installation.django(DELETING))

    whole = [one for one in found if not one["receipts"]]
    gone = [one for one in found if one["receipts"]]
    assert len(whole) > 10
    assert {json.dumps(one["shown"]) for one in whole} == {"[3, 2, 2]"}
    assert {json.dumps(one["shown"]) for one in gone} == {"[0, 0, 0]"}
    assert {json.dumps(one["kept"]) for one in found} == {"[3, 3, 3, 3]"}


def test_a_purge_killed_at_any_step_goes_on_and_counts_everything_once(installation):
    installation.django(DELETE.replace('exclude(path="c.txt")', 'filter(path__startswith="a")'))

    found = json.loads(installation.django(PURGING))

    assert len(found) > 50
    assert {json.dumps(one["between"]) for one in found} == {"[2, 1, 1]"}
    assert {json.dumps(one["kept"]) for one in found} == {"[2, 2, 2, 2]"}
    assert {json.dumps(one["counts"], sort_keys=True) for one in found} == {
        json.dumps(found[-1]["counts"], sort_keys=True)
    }
    assert all(one["purged"] for one in found)
