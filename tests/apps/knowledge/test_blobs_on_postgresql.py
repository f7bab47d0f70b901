"""Originals where several nodes share a PostgreSQL: turns are taken across processes."""

import pytest

from tests import services
from tests.installation import Installation

LOCKS = """
import threading
from django.db import OperationalError, connection
from apps.knowledge import blobs

A, B = "a" * 64, "b" * 64

def waits(block):
    told = []
    def other_node():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '300ms'")
        try:
            with block():
                told.append("free")
        except OperationalError:
            told.append("waits")
        connection.close()
    thread = threading.Thread(target=other_node)
    thread.start()
    thread.join()
    return told[0]

with blobs.no_removal(A):
    print(waits(lambda: blobs.removal([B, A])), waits(lambda: blobs.removal([B])),
          waits(lambda: blobs.no_removal(A)), waits(blobs.nothing_removed))
with blobs.removal([A]):
    print(waits(lambda: blobs.no_removal(A)), waits(lambda: blobs.no_removal(B)),
          waits(lambda: blobs.removal([B])))
with blobs.nothing_removed():
    print(waits(lambda: blobs.removal([A])), waits(lambda: blobs.no_removal(A)))
print(waits(lambda: blobs.removal([A])))
"""
LIFE = """
import hashlib
from django.db import connection
from apps.accounts.models import User
from apps.knowledge import blobs
from apps.knowledge.deletion import document_delete
from apps.knowledge.models import OriginalPart
from apps.knowledge.services import collection_create
from apps.ops import erasure
from ingest import runner, services
from ingest.submissions import OnConflict, Upload

by = User.objects.create(username="admin", is_superuser=True)
collection = collection_create(name="C", by=by)
def send(text, **how):
    upload = Upload(path="a.txt", content=[text.encode()])
    return services.document_submit(collection=collection, upload=upload, by=by, **how)

submitted = send("The vault code is 42." + "\\n" * 2**20)
send("Not wanted.", on_conflict=OnConflict.SKIP)
runner.drain()
submitted.job.refresh_from_db()
sha256 = submitted.version.content_sha256
print(submitted.job.state, OriginalPart.objects.values("sha256").distinct().count(),
      hashlib.sha256(b"".join(blobs.read(sha256))).hexdigest() == sha256,
      b"".join(blobs.read(sha256, 2**20 - 5, 10)))
document_delete(document=submitted.document, by=by)
erasure.purge()
print(OriginalPart.objects.count())
with connection.cursor() as cursor:
    cursor.execute("SELECT attstorage FROM pg_attribute WHERE attname = 'data' "
                   "AND attrelid = 'knowledge_originalpart'::regclass")
    print(cursor.fetchone()[0])
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    with services.postgresql() as url:
        started = Installation(
            tmp_path_factory.mktemp("node"),
            CLAWDBOT_DATABASE__URL=url, CLAWDBOT_STORAGE__ORIGINALS="database",
        )  # fmt: skip
        yield started
        started.close()


def test_who_stores_and_who_removes_the_same_original_take_turns(node):
    assert node.django(LOCKS).splitlines() == [
        "waits free free free",  # an upload is under way
        "waits free free",  # a removal is under way
        "waits free",  # a backup is under way
        "free",
    ]


def test_an_original_in_the_database_lives_and_is_erased_like_any_other(node):
    lines = b"\n" * 10

    assert node.django(LIFE).splitlines() == [f"done 1 True {lines!r}", "0", "e"]
