"""Who may see what."""

import pytest
from django.db import IntegrityError, transaction

from apps.core.errors import Forbidden, NotFound
from apps.knowledge import access
from apps.knowledge.access import Scope
from apps.knowledge.models import Grant, Permission, VersionState
from tests.factories import (
    ChunkFactory,
    CollectionFactory,
    GroupFactory,
    UserFactory,
    VersionFactory,
)

pytestmark = pytest.mark.django_db


def test_a_scope_holds_what_user_group_and_everyone_may_read():
    user, group = UserFactory(), GroupFactory()
    user.groups.add(group)
    own, of_group, of_all, hidden = CollectionFactory.create_batch(4)
    Grant.objects.create(collection=own, user=user)
    Grant.objects.create(collection=of_group, group=group)
    Grant.objects.create(collection=of_all, is_everyone=True)

    scope = Scope.of(user)

    assert scope.collection_ids == {own.pk, of_group.pk, of_all.pk}
    assert hidden.pk not in scope.collection_ids


def test_an_inactive_user_reads_nothing_even_as_administrator():
    CollectionFactory()

    scope = Scope.of(UserFactory(is_superuser=True, is_active=False))

    assert scope.collection_ids == frozenset()


def test_narrowing_to_an_unreadable_collection_is_not_found():
    reader = UserFactory()
    CollectionFactory(readers=[reader])
    hidden = CollectionFactory()

    with pytest.raises(NotFound):
        Scope.of(reader).narrowed([hidden.uuid])


def test_a_reader_may_not_write_and_an_outsider_learns_nothing():
    reader, outsider = UserFactory.create_batch(2)
    collection = CollectionFactory(readers=[reader])

    with pytest.raises(Forbidden):
        access.require(reader, Permission.WRITE, collection)
    with pytest.raises(NotFound):
        access.require(outsider, Permission.WRITE, collection)


@pytest.mark.parametrize("state", [s for s in VersionState if s != VersionState.LIVE])
def test_only_chunks_of_live_versions_can_be_answered_from(state):
    reader = UserFactory()
    version = VersionFactory(document__collection=CollectionFactory(readers=[reader]))
    ChunkFactory(version=version)
    assert access.chunks_of(Scope.of(reader)).count() == 1

    version.state = state
    version.save()

    assert not access.chunks_of(Scope.of(reader)).exists()


def test_an_excluded_chunk_is_not_answered_from():
    reader = UserFactory()
    chunk = ChunkFactory(
        version__document__collection=CollectionFactory(readers=[reader]), is_excluded=True
    )

    assert chunk not in access.chunks_of(Scope.of(reader))


@pytest.mark.parametrize(
    "principals", [{}, {"is_everyone": True, "user": "u"}, {"user": "u", "group": "g"}]
)
def test_the_database_refuses_a_grant_without_exactly_one_principal(principals):
    values = {
        "u": UserFactory(),
        "g": GroupFactory(),
    }
    fields = {name: values.get(value, value) for name, value in principals.items()}

    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(collection=CollectionFactory(), **fields)
