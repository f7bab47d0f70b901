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
