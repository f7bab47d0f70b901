"""A pack shows the collection at one moment, whatever is written meanwhile."""

import json

import pytest

from tests.installation import Installation

SET_UP = """
from apps.accounts.models import User
from apps.knowledge.services import collection_create
from ingest import runner, services
from ingest.submissions import TextUpload
root = User.objects.create_superuser("root")
finance = collection_create(name="Finance", by=root)
for number in range(4):
    upload = TextUpload(path=f"{number}.txt", text=f"The vault {number} opens at nine.")
    services.text_submit(collection=finance, text=upload, by=root)
runner.drain()
"""
EXPORT = """
import threading
from pathlib import Path
from django.db import connection
from apps.accounts.models import User
from apps.core.errors import Conflict
from apps.knowledge.deletion import document_delete
from apps.knowledge.models import Collection, Document
from apps.ops.packs.exporting import ExportOrder, collection_export
from ingest import runner, services
from ingest.submissions import TextUpload
root, finance = User.objects.get(), Collection.objects.get()
def add():
    upload = TextUpload(path="5.txt", text="The vault 5 opens at ten.")
    services.text_submit(collection=finance, text=upload, by=root)
    runner.drain()
def delete():
    document_delete(document=Document.objects.get(path="3.txt"), by=root)
def meanwhile():
    %(write)s()
    connection.close()
def report(what, done, total):
    if (what, done) == ("documents", 1):
        writer = threading.Thread(target=meanwhile)
        writer.start()
        writer.join()
target = Path("%(folder)s/finance.ckb")
try:
    print(collection_export(order=ExportOrder(finance, target), by=root, report=report).counts)
except Conflict as error:
    print(error.message, target.exists())
"""


@pytest.fixture
def installation(tmp_path):
    started = Installation(tmp_path)
    started.django(SET_UP)
    yield started
    started.close()


def test_what_is_added_meanwhile_is_not_in_it(installation, tmp_path):
    counts = installation.django(EXPORT % {"write": "add", "folder": tmp_path})

    facts = json.loads(counts.replace("'", '"'))
    assert (facts["documents"], facts["chunks"], facts["vectors"]) == (4, 4, 4)


def test_after_a_deletion_no_pack_with_it_appears(installation, tmp_path):
    said = installation.django(EXPORT % {"write": "delete", "folder": tmp_path})

    assert "was deleted while it was exported. Export again. False" in said
