"""The rows of a document's page that say who may read it."""

import pytest

from apps.knowledge.models import DocumentGrant, Permission
from tests.admin_pages import client_of
from tests.factories import GroupFactory, UserFactory, VersionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def document():
    return VersionFactory().document


def url_of(document):
    return f"/admin/knowledge/document/{document.pk}/change/"


def form_of(document, *rules, known=0):
    """The page's form with these rows."""
    form = {"title": document.title, "url": "", "grants-INITIAL_FORMS": known}
    form |= {"grants-TOTAL_FORMS": len(rules)}
    for number, rule in enumerate(rules):
        form |= {f"grants-{number}-{name}": value for name, value in rule.items()}
        form |= {f"grants-{number}-document": document.pk}
    return form


def test_a_group_is_granted_and_a_user_denied_on_one_page(admin_client, document):
    group, user = GroupFactory(), UserFactory()
    rules = [{"user": user.pk, "is_denied": "on"}, {"group": group.pk}]

    admin_client.post(url_of(document), form_of(document, *rules))

    found = DocumentGrant.objects.filter(document=document)
    assert {(one.user, one.group, one.is_denied) for one in found} == {
        (user, None, True),
        (None, group, False),
    }


def test_a_rule_is_changed_and_taken_away(admin_client, document):
    user, group = UserFactory(), GroupFactory()
    kept = DocumentGrant.objects.create(document=document, user=user)
    gone = DocumentGrant.objects.create(document=document, group=group)
    rules = [
        {"id": kept.pk, "user": user.pk, "is_denied": "on"},
        {"id": gone.pk, "group": group.pk, "DELETE": "on"},
    ]

    admin_client.post(url_of(document), form_of(document, *rules, known=2))

    assert list(DocumentGrant.objects.values_list("user", "is_denied")) == [(user.pk, True)]


def test_the_page_says_that_a_denial_wins(admin_client, document):
    page = admin_client.get(url_of(document)).content.decode()

    assert "Who may read this document" in page
    assert "A denial wins over every grant" in page


def test_who_only_writes_in_the_collection_neither_sees_nor_sets_rules(make_staff, document):
    staff, other = make_staff("view_document", "change_document"), UserFactory(username="kept-out")
    document.collection.grants.create(user=staff, permission=Permission.WRITE)
    DocumentGrant.objects.create(document=document, user=other, is_denied=True)

    client = client_of(staff)
    client.post(url_of(document), form_of(document, {"group": GroupFactory().pk}))

    assert "kept-out" not in client.get(url_of(document)).content.decode()
    assert DocumentGrant.objects.count() == 1


def test_a_denied_document_has_no_page(make_staff, document):
    staff = make_staff("view_document", "change_document", "view_job")
    document.collection.grants.create(user=staff, permission=Permission.MANAGE)
    DocumentGrant.objects.create(document=document, user=staff, is_denied=True)

    listed = client_of(staff).get("/admin/knowledge/document/").content.decode()

    assert document.title not in listed
    assert client_of(staff).get(url_of(document)).status_code == 302
    assert client_of(staff).get(f"{url_of(document)[:-7]}text/").status_code == 404
