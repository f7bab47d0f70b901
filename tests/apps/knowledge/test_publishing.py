"""One transaction makes the new version live and the old one not."""

import pytest

from apps.knowledge import changes, deletion
from apps.knowledge.models import Change, VersionState
from apps.knowledge.publishing import versions_publish
from tests.factories import UserFactory, VersionFactory

pytestmark = pytest.mark.django_db


def pending(document, number):
    return VersionFactory(document=document, number=number, published=False)


def states(document):
    return dict(document.versions.values_list("number", "state"))


def test_a_new_version_replaces_the_old_and_both_changes_are_recorded():
    old = VersionFactory()
    new = pending(old.document, 2)

    versions_publish([new.pk])

    assert states(old.document) == {1: VersionState.SUPERSEDED, 2: VersionState.LIVE}
    kinds = list(Change.objects.values_list("kind", "version_id"))
    assert kinds[-2:] == [("retire", old.pk), ("publish", new.pk)]


def test_an_older_version_finishing_late_does_not_replace_a_newer_one():
    old = VersionFactory(number=1, published=False)
    new = pending(old.document, 2)
    versions_publish([new.pk])

    published = versions_publish([old.pk])

    assert published == []
    assert states(old.document) == {1: VersionState.SUPERSEDED, 2: VersionState.LIVE}


def test_two_versions_of_one_document_in_a_batch_leave_the_newest_live():
    first = VersionFactory(number=1, published=False)
    second = pending(first.document, 2)

    versions_publish([first.pk, second.pk])

    assert states(first.document) == {1: VersionState.SUPERSEDED, 2: VersionState.LIVE}


def test_a_version_of_a_deleted_document_is_never_published():
    version = VersionFactory(published=False)
    deletion.document_delete(document=version.document, by=UserFactory(is_superuser=True))

    assert versions_publish([version.pk]) == []


def test_publishing_twice_changes_nothing():
    version = VersionFactory(published=False)
    versions_publish([version.pk])
    before = changes.latest()

    versions_publish([version.pk])

    assert changes.latest() == before
