"""Granting and denying single documents over REST."""

import pytest

from apps.knowledge.models import DocumentGrant, Permission
from tests.factories import DocumentFactory, GroupFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(handbook):
    user = UserFactory(username="manager")
    handbook.grants.create(user=user, permission=Permission.MANAGE)
    return user


@pytest.fixture
def document(handbook):
    return DocumentFactory(collection=handbook)


@pytest.fixture
def url(document):
    return f"/api/v1/documents/{document.uuid}/grants/"


def test_a_document_is_granted_listed_and_taken_back(call, manager, outsider, url):
    client = call(manager)

    made = client.post(url, {"user": outsider.username, "effect": "allow"}, format="json")
    listed = client.get(url).json()
    gone = client.delete(f"{url}{made.json()['id']}/")

    assert (made.status_code, listed, gone.status_code) == (201, [made.json()], 204)
    assert made.json().keys() == {"id", "user", "group", "everyone", "effect", "created_at"}
    assert not DocumentGrant.objects.exists()


def test_who_is_granted_a_document_reads_it_and_who_is_denied_does_not(
    call, manager, outsider, reader, url
):
    group = GroupFactory(name="Interns")
    reader.groups.add(group)

    call(manager).post(url, {"user": outsider.username, "effect": "allow"}, format="json")
    call(manager).post(url, {"group": "Interns", "effect": "deny"}, format="json")

    page = url.removesuffix("grants/")
    assert call(outsider).get(page).status_code == 200
    assert call(reader).get(page).status_code == 404


def test_a_second_word_on_somebody_replaces_the_first(call, manager, url):
    for effect in ("allow", "deny"):
        call(manager).post(url, {"everyone": True, "effect": effect}, format="json")

    assert DocumentGrant.objects.get().is_denied


@pytest.mark.parametrize(
    "body",
    [
        {"effect": "allow"},
        {"user": "manager", "everyone": True, "effect": "deny"},
        {"user": "nobody-of-this-name", "effect": "allow"},
        {"user": "manager"},
        {"user": "manager", "effect": "perhaps"},
    ],
)
def test_what_names_nobody_or_says_nothing_is_refused(call, manager, url, body):
    response = call(manager).post(url, body, format="json")

    assert response.status_code == 400
    assert not DocumentGrant.objects.exists()


def test_others_do_not_learn_who_exists(call, writer, url):
    response = call(writer).post(url, {"user": "nobody-at-all", "effect": "deny"}, format="json")

    assert response.status_code == 403


def test_who_is_denied_a_document_cannot_take_that_back(call, manager, document, url):
    rule = DocumentGrant.objects.create(document=document, user=manager, is_denied=True)

    response = call(manager).delete(f"{url}{rule.uuid}/")

    assert response.status_code == 404
    assert DocumentGrant.objects.filter(pk=rule.pk).exists()
