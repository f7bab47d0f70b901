"""Granting and denying single documents."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings

from apps.core.errors import Conflict, Forbidden, NotFound
from apps.knowledge import access, document_access
from apps.knowledge.access import Scope
from apps.knowledge.curation import chunk_exclude
from apps.knowledge.deletion import collection_delete, document_delete
from apps.knowledge.manifests import manifest_diff
from apps.knowledge.models import DocumentGrant, Permission
from apps.knowledge.readers import document_readers_of, explain_document
from ingest.selectors import jobs_of
from ingest.services import job_retry, text_submit
from ingest.submissions import TextUpload
from tests.factories import (
    ChunkFactory,
    CollectionFactory,
    DocumentFactory,
    GroupFactory,
    JobFactory,
    UserFactory,
)
from tests.worlds import World, descriptions

pytestmark = pytest.mark.django_db
slow_is_fine = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def manager():
    return UserFactory()


@pytest.fixture
def document(manager):
    made = DocumentFactory()
    made.collection.grants.create(user=manager, permission=Permission.MANAGE)
    return made


def keys(rows):
    return set(rows.values_list("pk", flat=True))


@slow_is_fine
@given(descriptions)
def test_every_way_of_asking_gives_the_same_documents(db, told):
    world = World.of(told)
    scope = Scope.of(world.user)
    there = [one for one in world.documents if one.pk in world.readable()]

    assert keys(access.documents_of(scope)) & {one.pk for one in world.documents} == {
        one.pk for one in there
    }
    for at, one in enumerate(world.documents):
        if told.papers[at].fate != "deleted":
            assert scope.covers(one) == access.may_read(world.user, one) == (one in there)
            assert explain_document(world.user, one).is_allowed == (one in there)
            assert (world.user in document_readers_of(one)) == (one in there)


@slow_is_fine
@given(descriptions)
def test_a_scope_narrowed_to_each_collection_is_the_whole_scope_in_parts(db, told):
    world = World.of(told)
    scope = Scope.of(world.user)
    visible = access.collections_of(world.user, Permission.READ)

    parts = [scope.narrowed([one.uuid]) for one in visible]

    assert scope.visible_ids == keys(visible)
    for name in ("collection_ids", "granted_ids", "denied_ids", "partial_ids"):
        assert frozenset().union(*(getattr(part, name) for part in parts)) == getattr(scope, name)
    assert sum(access.documents_of(part).count() for part in parts) == (
        access.documents_of(scope).count()
    )


def test_one_granted_document_shows_its_collection_to_read_and_nothing_else_of_it():
    user, document = UserFactory(), DocumentFactory()
    DocumentFactory(collection=document.collection)
    DocumentGrant.objects.create(document=document, user=user)

    assert list(access.collections_of(user, Permission.READ)) == [document.collection]
    assert not access.collections_of(user, Permission.WRITE).exists()
    assert access.permissions_of(user, [document.collection]) == {
        document.collection_id: Permission.READ
    }
    assert list(access.documents_of(Scope.of(user))) == [document]


def test_a_collection_of_which_all_granted_documents_are_denied_or_deleted_is_not_shown():
    user, group = UserFactory(), GroupFactory()
    user.groups.add(group)
    denied, deleted = DocumentFactory(), DocumentFactory(deleted_at="2026-01-01T00:00Z")
    DocumentGrant.objects.create(document=denied, user=user)
    DocumentGrant.objects.create(document=denied, group=group, is_denied=True)
    DocumentGrant.objects.create(document=deleted, user=user)

    assert not access.collections_of(user, Permission.READ).exists()
    assert Scope.of(user).visible_ids == frozenset()


def test_many_grants_cost_one_query(django_assert_num_queries):
    user = UserFactory()
    for document in DocumentFactory.create_batch(20):
        DocumentGrant.objects.create(document=document, user=user)

    with django_assert_num_queries(1):
        assert len(Scope.of(user).granted_ids) == 20


def test_what_is_taken_back_counts_for_a_scope_made_before():
    user, chunk = UserFactory(), ChunkFactory()
    grant = DocumentGrant.objects.create(document=chunk.version.document, user=user)
    scope = Scope.of(user)

    grant.delete()

    assert not access.chunks_of(scope).exists()
    assert not access.documents_of(scope).exists()
    assert not access.versions_of(scope).exists()


def test_leaving_a_group_or_the_company_counts_at_once():
    group = GroupFactory()
    leaver, sacked = UserFactory.create_batch(2)
    group.user_set.set([leaver, sacked])
    DocumentGrant.objects.create(document=ChunkFactory().version.document, group=group)
    scopes = [Scope.of(leaver), Scope.of(sacked)]

    leaver.groups.clear()
    type(sacked).objects.filter(pk=sacked.pk).update(is_active=False)

    assert not any(access.chunks_of(scope).exists() for scope in scopes)


def test_only_who_manages_the_collection_grants_and_denies(document, manager):
    writer, outsider, reader = UserFactory.create_batch(3)
    document.collection.grants.create(user=writer, permission=Permission.WRITE)

    document_access.document_grant(document=document, to=reader, by=manager)

    assert access.may_read(reader, document)
    with pytest.raises(Forbidden):
        document_access.document_deny(document=document, to=reader, by=writer)
    with pytest.raises(NotFound):
        document_access.document_grant(document=document, to=outsider, by=outsider)


def test_who_manages_a_collection_cannot_touch_a_document_denied_to_them(document, manager):
    chunk = ChunkFactory(version__document=document)
    rule = document_access.document_deny(document=document, to=manager, by=manager)
    job = JobFactory(version__document=document, version__number=2, state="cancelled")

    for refused in (
        lambda: document_delete(document=document, by=manager),
        lambda: chunk_exclude(chunk=chunk, by=manager),
        lambda: document_access.document_grant_revoke(grant=rule, by=manager),
        lambda: job_retry(job=job, by=manager),
    ):
        with pytest.raises(NotFound):
            refused()
    with pytest.raises(Forbidden):
        collection_delete(collection=document.collection, by=manager)


def test_nobody_replaces_a_document_that_is_denied_to_them(document, manager):
    DocumentGrant.objects.create(document=document, user=manager, is_denied=True)
    text = TextUpload(path=document.path, text="Mine now.", title="Mine")

    with pytest.raises(Conflict):
        text_submit(collection=document.collection, text=text, by=manager)

    document.refresh_from_db()
    assert (document.title, document.versions.count()) == (document.path[:-4], 0)


def test_jobs_and_manifests_leave_out_what_is_denied(document, manager):
    job = JobFactory(version__document=document)
    DocumentGrant.objects.create(document=document, user=manager, is_denied=True)
    scope = Scope.of(manager)

    difference = manifest_diff(collection=document.collection, manifest={}, scope=scope)

    assert job not in jobs_of(scope)
    assert difference.deleted == []


def test_the_reasons_tell_what_a_denial_overrules():
    user, group = UserFactory(username="li"), GroupFactory(name="Interns")
    user.groups.add(group)
    document = DocumentFactory(collection=CollectionFactory(readers=[user]))
    DocumentGrant.objects.create(document=document, group=group, is_denied=True)

    found = explain_document(user, document)

    assert not found.is_allowed
    assert found.reasons == [
        "user li: Read",
        "group Interns: must not read this document, which wins",
    ]


def test_administrators_read_what_is_denied_to_everyone():
    admin, document = UserFactory(is_superuser=True), DocumentFactory()
    DocumentGrant.objects.create(document=document, is_everyone=True, is_denied=True)

    assert access.may_read(admin, document)
    assert explain_document(admin, document).is_allowed


@pytest.mark.parametrize("principals", [{}, {"is_everyone": True, "user": True}])
def test_the_database_refuses_a_rule_without_exactly_one_principal(principals):
    fields = principals | ({"user": UserFactory()} if "user" in principals else {})

    with pytest.raises(IntegrityError), transaction.atomic():
        DocumentGrant.objects.create(document=DocumentFactory(), **fields)
