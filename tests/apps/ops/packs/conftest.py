"""A collection with everything that a pack holds, and what tests of packs do often."""

import pytest
from django.contrib.auth.models import Group

from apps.evaluation.models import GoldenQuestion
from apps.generation.models import CuratedAnswer
from apps.generation.question_keys import question_key
from apps.knowledge import curation
from apps.knowledge.models import Chunk, Collection, Document, DocumentGrant, Permission
from apps.retrieval import indexer
from ingest import runner, services
from ingest.submissions import OnConflict, TextUpload, Upload
from tests.factories import CollectionFactory, GroupFactory, UserFactory

HANDBOOK = "# Travel\n\nEmployees book trains in second class.\n\n# Leave\n\nEveryone has 30 days."


@pytest.fixture
def admin():
    return UserFactory(username="root", is_superuser=True, is_staff=True)


@pytest.fixture
def finance(admin) -> Collection:
    """Files, a pushed text, history, rights, golden questions, a curated answer."""
    settings = {"language": "en", "min_confidence": 0.4, "suggested_questions": ["Which class?"]}
    collection = CollectionFactory(name="Finance", description="Money", **settings)
    upload(collection, admin, "rules/travel.md", HANDBOOK.replace("second", "third"))
    upload(collection, admin, "rules/travel.md", HANDBOOK, on_conflict=OnConflict.VERSION)
    upload(collection, admin, "费用/报销.txt", "员工出差的住宿费每晚不超过五百元。")
    push(collection, admin, "notes/vault", "The vault opens at nine. The code is 42.")
    push(collection, admin, "notes/board", "The board meets on the first Monday.")
    runner.drain()
    curation.chunk_exclude(chunk=Chunk.objects.get(text__contains="board"), by=admin)
    _give_rights(collection)
    _curate(collection, admin)
    indexer.catch_up()
    return collection


def upload(collection, by, path, text, **options):
    services.document_submit(
        collection=collection, upload=Upload(path=path, content=[text.encode()]), by=by, **options
    )
    runner.drain()


def push(collection, by, path, text):
    metadata = {"owner": "desk", "year": 2026}
    upload_of = TextUpload(
        path=path, text=text, title=path.upper(), url="https://kb.lan/1", metadata=metadata
    )
    services.text_submit(collection=collection, text=upload_of, by=by)


def _give_rights(collection):
    traders, board = GroupFactory(name="traders"), GroupFactory(name="board")
    ann = UserFactory(username="ann")
    ann.groups.add(traders)
    collection.grants.create(group=traders, permission=Permission.READ)
    collection.grants.create(group=board, permission=Permission.MANAGE)
    collection.grants.create(user=ann, permission=Permission.WRITE)
    document = Document.objects.get(path="notes/board")
    DocumentGrant.objects.create(document=document, group=traders, is_denied=True)


def _curate(collection, by):
    vault = Document.objects.get(path="notes/vault")
    question = GoldenQuestion.objects.create(
        collection=collection, text="What is the code?", answers=["42"], created_by=by
    )
    question.documents.set([vault])
    answer = CuratedAnswer.objects.create(collection=collection, text="At nine.", created_by=by)
    text = "When does the vault open?"
    answer.questions.create(text=text, key=question_key(text))
    answer.sources.create(
        document=vault,
        quote="The vault opens at nine.",
        version_id_quoted=vault.current_version_id,
    )


def forget_groups():
    """As on a machine where nobody has heard of them."""
    Group.objects.all().delete()
