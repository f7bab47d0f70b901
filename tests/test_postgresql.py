"""The same code on PostgreSQL: migrate, ingest, index, find, delete."""

import psycopg
import pytest
from psycopg import sql

from tests import services
from tests.installation import Installation

STORY = """
from apps.accounts.models import User
from apps.knowledge.access import Scope
from apps.knowledge.deletion import document_delete
from apps.knowledge.services import collection_create
from apps.ops import erasure
from apps.retrieval import indexer
from apps.retrieval.search import search
from ingest import runner, services
from ingest.submissions import TextUpload

by = User.objects.create(username="admin", is_superuser=True)
collection = collection_create(name="C", by=by)
for path, text in [("a", "The vault code is 42."), ("b", "午餐时间是十二点。")]:
    upload = TextUpload(path=path, text=text, title=path)
    submitted = services.text_submit(collection=collection, text=upload, by=by)
runner.drain()
indexer.catch_up()
print([hit.path for hit in search("vault code", scope=Scope.of(by)).hits][:1])
print([hit.path for hit in search("午餐几点", scope=Scope.of(by)).hits][:1])
document_delete(document=submitted.document, by=by)
print([hit.path for hit in search("午餐几点", scope=Scope.of(by)).hits if hit.path == "b"])
print(erasure.purge())
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """One with its tables in PostgreSQL, which is copied for each test."""
    with services.postgresql() as url:
        running = Installation(tmp_path_factory.mktemp("node"), CLAWDBOT_DATABASE__URL=url)
        yield running
        running.close()


@pytest.fixture
def installation(node, request):
    server, _, migrated = node.environment["CLAWDBOT_DATABASE__URL"].rpartition("/")
    name = request.node.name[:60]
    copy = sql.SQL("CREATE DATABASE {} TEMPLATE postgres").format(sql.Identifier(name))
    with psycopg.connect(f"{server}/template1", autocommit=True) as connection:
        connection.execute(copy)
    node.environment["CLAWDBOT_DATABASE__URL"] = f"{server}/{name}"
    yield node
    node.environment["CLAWDBOT_DATABASE__URL"] = f"{server}/{migrated}"


def test_a_document_is_found_and_after_its_deletion_not(installation):
    told = installation.django(STORY)

    assert told.splitlines() == ["['a']", "['b']", "[]", "1"]


FILTERS = """
from apps.accounts.models import User
from apps.knowledge.access import Scope
from apps.knowledge.models import Collection, Document
from apps.retrieval.filters import row_filter
from apps.retrieval.protocols import Filters

collection = Collection.objects.create(name="C")
facts = {"in": "x", "5": 5, "a__b": True, "部门": None, 'say "so"': 1.5}
Document.objects.create(collection=collection, path="a", title="a", metadata=facts)
scope = Scope.of(User.objects.create(username="ann", is_superuser=True))
for key, value in facts.items():
    right = row_filter(scope, Filters(metadata={key: value})).document_ids
    wrong = row_filter(scope, Filters(metadata={key: "("})).document_ids
    print(len(right), len(wrong))
"""


def test_metadata_is_compared_by_any_key(installation):
    assert installation.django(FILTERS).splitlines() == ["1 0"] * 5


RULES = """
from apps.accounts.models import User
from apps.knowledge import access
from apps.knowledge.access import Scope
from apps.knowledge.models import Collection, Document, DocumentGrant, Grant, Permission
from ingest.holdings import with_counts
from ingest.selectors import jobs_of

ann = User.objects.create(username="ann")
whole, partly = (Collection.objects.create(name=name) for name in ("whole", "partly"))
Grant.objects.create(collection=whole, user=ann)
for place in (whole, partly):
    for path in "ab":
        Document.objects.create(collection=place, path=path, title=path)
DocumentGrant.objects.create(document=whole.documents.get(path="a"), user=ann, is_denied=True)
DocumentGrant.objects.create(document=partly.documents.get(path="b"), is_everyone=True)
scope = Scope.of(ann)
print([str(one.collection) + one.path for one in access.documents_of(scope).order_by("pk")])
print([scope.covers(one) for one in Document.objects.order_by("pk")])
print([one.documents_n for one in with_counts(access.collections_of(ann, 10), scope=scope)])
print(access.chunks_of(scope).count(), jobs_of(scope).count())
"""


def test_grants_and_denials_of_documents_are_judged_alike(installation):
    told = installation.django(RULES).splitlines()

    assert told == ["['wholeb', 'partlyb']", "[False, True, False, True]", "[1, 1]", "0 0"]


CROSSING = """
import threading
from django.db import OperationalError, connection, transaction
from apps.accounts.models import User
from apps.knowledge.models import Collection, Document, Version
from apps.knowledge.deletion import collection_delete

by = User.objects.create(username="admin", is_superuser=True)
collection = Collection.objects.create(name="C")
document = Document.objects.create(collection=collection, path="a", title="a")
Version.objects.create(document=document, number=1, content_sha256="", size_bytes=1)
is_held = threading.Event()

def publish():
    try:
        with transaction.atomic():
            list(Document.objects.select_for_update())
            is_held.set()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(1)")
            list(Version.objects.select_for_update())
    except OperationalError as error:
        print(error)
    connection.close()

thread = threading.Thread(target=publish)
thread.start()
is_held.wait()
try:
    collection_delete(collection=collection, by=by)
except OperationalError as error:
    print(error)
thread.join()
print(Collection.objects.filter(deleted_at=None).count())
"""


def test_deleting_a_collection_takes_its_locks_in_the_order_of_publishing(installation):
    assert installation.django(CROSSING).splitlines() == ["0"]


WIPING = """
from django.db import connection
from django.test.utils import CaptureQueriesContext
from apps.ops.erasing import storage
with CaptureQueriesContext(connection) as captured:
    storage.wipe()
wiped = {query["sql"].split('"')[1] for query in captured}
print({"knowledge_collection", "generation_asking", "evaluation_goldenquestion"} - wiped)
"""


def test_every_table_that_a_purge_empties_is_vacuumed(installation):
    assert installation.django(WIPING).splitlines() == ["set()"]
