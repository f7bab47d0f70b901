"""Loading the sample collections."""

import pytest
from django.conf import settings

from apps.core.errors import Invalid
from apps.knowledge.deletion import collection_delete
from apps.knowledge.models import Collection, Document
from apps.retrieval.models import NodeIndex
from clawdbot_site.installation import samples
from tests.factories import UserFactory

DESCRIPTION = "name: Handbook\nlanguage: en\nquestions:\n  - When is lunch?\n"


@pytest.fixture
def admin(db):
    return UserFactory(is_superuser=True)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    sample = tmp_path / "samples" / "handbook"
    sample.mkdir(parents=True)
    (sample / "collection.yaml").write_text(DESCRIPTION)
    (sample / "lunch.md").write_text("# Lunch\n\nLunch is at noon.\n")
    return tmp_path / "samples"


def test_a_sample_becomes_a_collection_that_everyone_may_read(admin, folder):
    (collection,) = samples.load_new(admin, folder=folder)

    assert [document.path for document in collection.documents.all()] == ["lunch.md"]
    assert collection.grants.filter(is_everyone=True).exists()
    assert samples.first_question(folder) == "When is lunch?"
    assert collection.suggested_questions == ["When is lunch?"]


def test_a_second_time_loads_nothing(admin, folder):
    samples.load_new(admin, folder=folder)

    assert samples.load_new(admin, folder=folder) == []
    assert Document.objects.count() == 1


def test_a_deleted_sample_stays_deleted(admin, folder):
    (collection,) = samples.load_new(admin, folder=folder)
    collection_delete(collection=collection, by=admin)

    assert samples.load_new(admin, folder=folder) == []
    assert not Collection.objects.filter(deleted_at=None).exists()
    assert samples.first_question(folder) == ""


def test_a_node_that_joins_another_loads_none(admin, folder):
    NodeIndex.objects.create(node="the-first", change_seq=1)

    assert samples.load_new(admin, folder=folder) == []


def test_a_description_without_a_name_is_refused(folder):
    (folder / "handbook" / "collection.yaml").write_text("language: en\n")

    with pytest.raises(Invalid, match="needs at least a name"):
        samples.samples(folder)


def test_our_own_samples_are_whole():
    found = samples.samples()

    assert len(found) >= 4
    assert all(sample.files and sample.questions for sample in found)
