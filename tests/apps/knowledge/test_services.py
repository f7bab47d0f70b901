"""Collections are made and deleted by those who may."""

import pytest

from apps.core.errors import Conflict, Forbidden, Invalid
from apps.knowledge import access, deletion, services
from apps.knowledge.access import Scope
from apps.knowledge.models import Change, Permission, VersionState
from tests.factories import ChunkFactory, CollectionFactory, UserFactory, VersionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return UserFactory(is_superuser=True)


def test_the_creator_of_a_collection_manages_it(admin):
    collection = services.collection_create(name=" Policies ", by=admin)

    assert collection.name == "Policies"
    assert collection.grants.get().permission == Permission.MANAGE


def test_a_name_is_taken_once_but_free_again_after_deletion(admin):
    first = services.collection_create(name="制度", by=admin)
    with pytest.raises(Conflict):
        services.collection_create(name="制度", by=admin)

    deletion.collection_delete(collection=first, by=admin)

    assert services.collection_create(name="制度", by=admin).pk != first.pk


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_an_impossible_name_is_refused(admin, name):
    with pytest.raises(Invalid):
        services.collection_create(name=name, by=admin)


def test_an_ordinary_user_may_not_create_collections():
    with pytest.raises(Forbidden):
        services.collection_create(name="Mine", by=UserFactory())


def test_nothing_answers_from_a_document_once_its_delete_returns(admin):
    reader = UserFactory()
    chunk = ChunkFactory(version__document__collection=CollectionFactory(readers=[reader]))

    erasure = deletion.document_delete(document=chunk.version.document, by=admin)

    assert not access.chunks_of(Scope.of(reader)).exists()
    assert erasure.version_ids == [chunk.version.pk]
    assert Change.objects.last().kind == Change.Kind.RETIRE


def test_deleting_a_collection_kills_every_version_in_it(admin):
    collection = CollectionFactory()
    versions = VersionFactory.create_batch(3, document__collection=collection)

    deletion.collection_delete(collection=collection, by=admin)

    for version in versions:
        version.refresh_from_db()
        assert version.state == VersionState.DEAD
