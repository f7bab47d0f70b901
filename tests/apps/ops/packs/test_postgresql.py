"""The same on PostgreSQL: the order of a pack is that of bytes, not of a language."""

from tests import services
from tests.installation import Installation

STORY = """
from pathlib import Path
from apps.accounts.models import User
from apps.knowledge.access import Scope
from apps.knowledge.services import collection_create
from apps.retrieval import indexer
from apps.retrieval.search import search
from ingest import runner, services
from ingest.submissions import TextUpload, Upload
from tests.apps.ops.packs.packing import members_of, packed, taken

by = User.objects.create(username="admin", is_superuser=True)
collection = collection_create(name="C", by=by)
for path in ("b", "Z", "a", "午餐", "é"):
    text = TextUpload(path=path, text=f"The vault of {path} opens at nine.")
    services.text_submit(collection=collection, text=text, by=by)
upload = Upload(path="file.txt", content=[b"A file."])
services.document_submit(collection=collection, upload=upload, by=by)
runner.drain()
first = packed(collection, by, Path("%(folder)s/first.ckb"))
copy = taken(first, by, name="Copy").collection
indexer.catch_up()
scope = Scope.of(by).narrowed([copy.uuid])
print([hit.path for hit in search("vault of 午餐", scope=scope).hits][:1])
one, two = members_of(first), members_of(packed(copy, by, Path("%(folder)s/second.ckb")))
print([name for name in one if one[name] != two.get(name)], one.keys() == two.keys())
"""


def test_a_round_trip_changes_only_the_name(tmp_path):
    with services.postgresql() as url:
        installation = Installation(tmp_path, CLAWDBOT_DATABASE__URL=url)
        told = installation.django(STORY % {"folder": tmp_path})

    assert told.splitlines() == ["['午餐']", "['collection.json'] True"]
