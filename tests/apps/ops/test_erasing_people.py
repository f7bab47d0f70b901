"""Deleting what is kept of a person."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from apps.accounts.api_keys import api_key_create
from apps.accounts.models import ApiKey, User
from apps.core.errors import Conflict, Forbidden
from apps.generation.feedback import Opinion, feedback_give
from apps.generation.models import Asking, Conversation, Feedback, OpenQuestion, Share, Trace
from apps.knowledge.models import Erasure, Version
from apps.ops import erasure
from apps.ops.erasing.people import user_account_delete, user_data_delete
from tests.factories import UserFactory, VersionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    """Asked, judged, shared, has a key and a session."""
    user = UserFactory(username="ann")
    talk = Conversation.objects.create(user=user, title="The vault")
    trace = Trace.objects.create(user=user, conversation=talk, question="Where is the vault?")
    feedback_give(trace=trace.uuid, by=user, opinion=Opinion("down", comment="Wrong"))
    Share.objects.create(trace=trace)
    api_key_create(user=user, name="key")
    Client().force_login(user)
    VersionFactory(created_by=user)
    return user


def test_nothing_of_a_person_is_left_but_the_account_and_their_documents(person):
    user_data_delete(user=person, by=person)

    rows = (Conversation, Trace, Feedback, Share, Asking, OpenQuestion, ApiKey, Session)
    assert [model.__name__ for model in rows if model.objects.exists()] == []
    assert User.objects.filter(pk=person.pk).exists()
    assert Version.objects.get().created_by is None


def test_others_keep_what_is_theirs(person):
    other = UserFactory()
    Trace.objects.create(user=other, question="Where is the vault?")
    Client().force_login(other)

    user_data_delete(user=person, by=person)

    assert (Trace.objects.get().user, Session.objects.count()) == (other, 1)


def test_the_receipt_counts_and_is_complete_after_the_purge(person):
    receipt = user_data_delete(user=person, by=person)

    erasure.purge()

    receipt.refresh_from_db()
    assert receipt.completed_at is not None
    wanted = {"conversations": 1, "traces": 1, "keys": 1, "sessions": 1}
    assert receipt.counts.items() >= wanted.items()


def test_only_administrators_delete_the_data_of_others(person):
    with pytest.raises(Forbidden):
        user_data_delete(user=person, by=UserFactory())

    user_data_delete(user=person, by=UserFactory(is_superuser=True))
    assert not Trace.objects.exists()


def test_an_account_goes_with_its_data_and_leaves_a_receipt(person):
    administrator = UserFactory(is_superuser=True)

    user_account_delete(user=person, by=administrator)

    assert not User.objects.filter(username="ann").exists()
    assert Erasure.objects.get().requested_by == administrator
    with pytest.raises(Conflict):
        user_account_delete(user=administrator, by=administrator)


def test_the_portal_deletes_and_signs_out(person):
    client = Client()
    client.force_login(person)
    assert "1 API key" in client.get("/my-data/delete/").content.decode()

    response = client.post("/my-data/delete/")

    assert (response.status_code, response.url) == (302, "/login/")
    assert not Trace.objects.exists()
    assert client.get("/conversations/").status_code == 302


def test_deleting_a_user_in_the_admin_leaves_a_receipt(person):
    client = Client()
    client.force_login(UserFactory(is_superuser=True, is_staff=True))

    client.post(f"/admin/accounts/user/{person.pk}/delete/", {"post": "yes"})

    assert not User.objects.filter(username="ann").exists()
    assert Erasure.objects.get().target == Erasure.Target.USER
