"""Users in the admin: nobody gives themselves rights."""

import pytest

from apps.accounts.models import User
from tests.admin_pages import client_of
from tests.factories import GroupFactory, UserFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/accounts/user/"


def test_the_pages_of_users_open(admin_client, admin_user):
    pages = [
        admin_client.get(LIST),
        admin_client.get(f"{LIST}add/"),
        admin_client.get(f"{LIST}{admin_user.pk}/change/"),
        admin_client.get(f"{LIST}{admin_user.pk}/password/"),
    ]

    assert [page.status_code for page in pages] == [200] * 4


def test_staff_cannot_make_themselves_superuser(make_staff):
    staff = make_staff("change_user", "view_user")
    group = GroupFactory()
    form = {"username": staff.username, "is_active": "on", "is_superuser": "on", "groups": group.pk}

    client_of(staff).post(f"{LIST}{staff.pk}/change/", form)

    staff.refresh_from_db()
    assert not staff.is_superuser
    assert not staff.groups.exists()


def test_staff_cannot_set_the_password_of_a_superuser(make_staff, admin_user):
    staff = make_staff("change_user", "view_user")

    page = client_of(staff).get(f"{LIST}{admin_user.pk}/password/")

    assert page.status_code == 403


def test_deactivating_leaves_oneself_in(admin_client, admin_user):
    other = UserFactory()
    chosen = [admin_user.pk, other.pk]

    admin_client.post(LIST, {"action": "deactivate", "_selected_action": chosen})

    assert list(User.objects.filter(is_active=True)) == [admin_user]


def test_the_list_costs_the_same_queries_for_many(admin_client, django_assert_max_num_queries):
    for user in UserFactory.create_batch(30):
        user.groups.set(GroupFactory.create_batch(2))

    with django_assert_max_num_queries(12):
        admin_client.get(LIST)
