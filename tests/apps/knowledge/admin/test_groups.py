"""Groups in the admin: members and the collections they may use."""

import pytest
from django.contrib.auth.models import Group

from apps.knowledge.access import collections_of
from apps.knowledge.models import Grant, Permission
from tests.admin_pages import client_of
from tests.factories import CollectionFactory, GroupFactory, UserFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/auth/group/"


def form_of(group: Group, members, **grants):
    rows = {"grants-TOTAL_FORMS": "0", "grants-INITIAL_FORMS": "0"}
    return {"name": group.name, "members": [user.pk for user in members], **rows, **grants}


def test_a_group_gets_members_and_a_collection(admin_client):
    group, user, collection = GroupFactory(), UserFactory(), CollectionFactory()
    grants = {
        "grants-TOTAL_FORMS": "1",
        "grants-0-collection": collection.pk,
        "grants-0-permission": Permission.READ.value,
    }

    admin_client.post(f"{LIST}{group.pk}/change/", form_of(group, [user], **grants))

    assert list(collections_of(user, Permission.READ)) == [collection]


def test_staff_cannot_join_a_group_by_themselves(make_staff):
    staff, group = make_staff("view_group", "change_group"), GroupFactory()

    page = client_of(staff).post(f"{LIST}{group.pk}/change/", form_of(group, [staff]))

    assert page.status_code == 403
    assert not staff.groups.exists()


def test_the_page_shows_who_is_in(admin_client):
    group, user = GroupFactory(), UserFactory(username="mei-lin")
    user.groups.add(group)

    page = admin_client.get(f"{LIST}{group.pk}/change/")

    assert b"mei-lin" in page.content


def test_staff_see_only_collections_that_they_may_read(make_staff):
    staff, group = make_staff("view_group", "view_grant"), GroupFactory()
    known, secret = CollectionFactory(name="Known", readers=[staff]), CollectionFactory(name="Deal")
    for collection in (known, secret):
        Grant.objects.create(collection=collection, group=group, permission=Permission.READ)

    page = client_of(staff).get(f"{LIST}{group.pk}/change/").content
    listed = client_of(staff).get(LIST).context["cl"].result_list

    assert b"Known" in page
    assert b"Deal" not in page
    assert [row.grants_n for row in listed] == [1]
