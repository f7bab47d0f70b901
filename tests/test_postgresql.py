"""The same code on PostgreSQL: migrate, ingest, index, find, delete."""

import pytest

from tests import services
from tests.installation import Installation

STORY = """
from apps.accounts.models import User
from apps.knowledge.access import Scope
from apps.knowledge.services import collection_create, document_delete
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


@pytest.fixture
def installation(tmp_path):
    with services.postgresql() as url:
        running = Installation(tmp_path, CLAWDBOT_DATABASE__URL=url)
        yield running
        running.close()


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
