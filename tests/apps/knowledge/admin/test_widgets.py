"""Widgets in the admin."""

import pytest

from apps.knowledge.models import Grant, Permission, Widget
from tests.admin_pages import client_of
from tests.factories import CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/knowledge/widget/"


@pytest.fixture
def visitor():
    return UserFactory(username="intranet")


@pytest.fixture
def collection(visitor):
    return CollectionFactory(name="Handbook", readers=[visitor])


def form_of(collection, user, **values):
    return {
        "collection": collection.pk,
        "acts_as": user.pk,
        "origins": "https://intranet.example\nhttps://wiki.example/",
        "questions_per_minute": 30,
        "is_active": "on",
        **values,
    }


def manager(make_staff, collection):
    staff = make_staff("add_widget", "change_widget", "view_widget", "delete_widget")
    Grant.objects.create(collection=collection, user=staff, permission=Permission.MANAGE)
    return staff


def test_a_new_widget_leads_to_the_line_to_paste(admin_client, collection, visitor):
    page = admin_client.post(f"{LIST}add/", form_of(collection, visitor), follow=True)

    assert Widget.objects.get().origins == ["https://intranet.example", "https://wiki.example"]
    assert (
        f"src=&quot;http://testserver/widget.js&quot; data-collection=&quot;{collection.uuid}"
        in (page.text.replace('"', "&quot;"))
    )
    assert f"/widget/preview/{collection.uuid}/" in page.text
    assert "People can sign in as “intranet”" in page.text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("origins", "https://intranet.example/wiki", "Write only its origin"),
        ("origins", "https://*.example", "wildcard"),
        ("questions_per_minute", "0", "Between 1 and 10,000."),
    ],
)
def test_a_refusal_stands_at_its_field(admin_client, collection, visitor, field, value, words):
    page = admin_client.post(f"{LIST}add/", form_of(collection, visitor, **{field: value}))

    assert words in str(page.context["adminform"].form.errors[field])
    assert not Widget.objects.exists()


def test_a_user_who_may_not_read_the_collection_is_refused(admin_client, collection):
    page = admin_client.post(f"{LIST}add/", form_of(collection, UserFactory()))

    assert "may not read this collection" in page.text


def test_an_administrator_is_no_choice(admin_client, admin_user, collection, visitor):
    choices = admin_client.get(f"{LIST}add/").context["adminform"].form.fields["acts_as"].queryset

    assert visitor in choices
    assert admin_user not in choices


def test_who_is_no_administrator_lends_no_other_name(make_staff, collection, visitor):
    staff = manager(make_staff, collection)

    page = client_of(staff).post(f"{LIST}add/", form_of(collection, visitor))

    assert page.status_code == 200
    assert not Widget.objects.exists()
    client_of(staff).post(f"{LIST}add/", form_of(collection, staff))
    assert Widget.objects.get().acts_as == staff


def test_staff_see_widgets_of_collections_that_they_manage(make_staff, collection, visitor):
    own = Widget.objects.create(
        collection=collection, acts_as=visitor, origins=["https://a.example"]
    )
    Widget.objects.create(collection=CollectionFactory(), acts_as=visitor, origins=["https://b.x"])

    page = client_of(manager(make_staff, collection)).get(LIST)

    assert list(page.context["cl"].result_list) == [own]


def test_an_administrators_choice_survives_a_change_by_others(make_staff, collection, visitor):
    widget = Widget.objects.create(collection=collection, acts_as=visitor, origins=["https://a.b"])
    form = form_of(collection, visitor, title="Ask HR")
    del form["is_active"]

    client_of(manager(make_staff, collection)).post(f"{LIST}{widget.pk}/change/", form)

    widget.refresh_from_db()
    assert (widget.title, widget.acts_as, widget.is_active) == ("Ask HR", visitor, False)


def test_a_deleted_widget_is_gone(admin_client, collection, visitor):
    widget = Widget.objects.create(collection=collection, acts_as=visitor, origins=["https://a.b"])

    admin_client.post(f"{LIST}{widget.pk}/delete/", {"post": "yes"})

    assert not Widget.objects.exists()


def test_the_collections_page_leads_to_its_widget(admin_client, collection):
    page = admin_client.get(f"/admin/knowledge/collection/{collection.pk}/change/").text

    assert f"{LIST}add/?collection={collection.pk}" in page
