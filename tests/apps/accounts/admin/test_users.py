"""Users in the admin: nobody gives themselves rights."""

import pytest

from apps.accounts.api_keys import api_key_create
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


def test_staff_cannot_set_the_password_of_anybody(make_staff):
    staff, other = make_staff("change_user", "view_user"), UserFactory()
    form = {"password1": "a-New-password-7", "password2": "a-New-password-7"}

    for user in (other, staff):
        page = client_of(staff).post(f"{LIST}{user.pk}/password/", form)

        user.refresh_from_db()
        assert page.status_code == 403
        assert user.check_password("a-Test-password-1")


@pytest.mark.parametrize(
    "taken", [{"username": "me-too"}, {"email": "me@evil.example"}, {"is_active": ""}]
)
def test_staff_cannot_take_the_account_of_somebody(make_staff, taken):
    staff, other = make_staff("change_user", "view_user"), UserFactory(email="they@company.lan")
    form = {"username": other.username, "email": other.email, "is_active": "on"}

    page = client_of(staff).post(f"{LIST}{other.pk}/change/", form | {"first_name": "Li"} | taken)

    kept = User.objects.get(pk=other.pk)
    assert (page.status_code, kept.first_name) == (302, "Li")
    assert (kept.username, kept.email, kept.is_active) == (other.username, other.email, True)
    assert kept.password == other.password


def test_staff_cannot_deactivate_anybody(make_staff):
    staff, other = make_staff("change_user", "view_user"), UserFactory()
    chosen = {"_selected_action": [other.pk], "confirmed": "yes"}

    client_of(staff).post(LIST, {"action": "deactivate", **chosen})

    assert User.objects.get(pk=other.pk).is_active


def test_staff_can_add_a_person_without_rights(make_staff):
    staff = make_staff("add_user", "change_user", "view_user")
    form = {"username": "new", "usable_password": "true", "is_superuser": "on"}
    passwords = {"password1": "a-New-password-7", "password2": "a-New-password-7"}

    client_of(staff).post(f"{LIST}add/", form | passwords)

    made = User.objects.get(username="new")
    assert made.check_password("a-New-password-7")
    assert (made.is_superuser, made.is_staff) == (False, False)


def test_a_superuser_sets_the_password_of_others(admin_client):
    other = UserFactory()
    form = {"password1": "a-New-password-7", "password2": "a-New-password-7"}

    admin_client.post(f"{LIST}{other.pk}/password/", form | {"usable_password": "true"})

    other.refresh_from_db()
    assert other.check_password("a-New-password-7")


LAST = "This is the last administrator; make another one first."


@pytest.mark.parametrize("lost", ["is_active", "is_staff", "is_superuser"])
def test_the_last_administrator_keeps_what_an_administrator_needs(admin_client, admin_user, lost):
    User.objects.create(username="sso", is_staff=True, is_superuser=True, password="!")  # no way in
    kept = {"username": "root", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    del kept[lost]

    refused = admin_client.post(f"{LIST}{admin_user.pk}/change/", kept)
    UserFactory(is_staff=True, is_superuser=True)
    done = admin_client.post(f"{LIST}{admin_user.pk}/change/", kept)

    assert refused.context["adminform"].form.errors == {lost: [LAST]}
    assert (done.status_code, getattr(User.objects.get(username="root"), lost)) == (302, False)


def test_the_last_administrator_keeps_a_password(admin_client, admin_user):
    form = {"usable_password": "false", "unset-password": "1"}

    page = admin_client.post(f"{LIST}{admin_user.pk}/password/", form)

    assert LAST in page.content.decode()
    assert User.objects.get().has_usable_password()


def test_deactivating_leaves_oneself_in(admin_client, admin_user):
    other = UserFactory()
    chosen = [admin_user.pk, other.pk]

    admin_client.post(
        LIST, {"action": "deactivate", "_selected_action": chosen, "confirmed": "yes"}
    )

    assert list(User.objects.filter(is_active=True)) == [admin_user]


@pytest.mark.parametrize("action", ["deactivate", "delete_data"])
def test_what_is_hard_to_take_back_is_asked_about_first(admin_client, action):
    lina = UserFactory(username="lina")
    api_key_create(user=lina, name="intranet")

    page = admin_client.post(LIST, {"action": action, "_selected_action": [lina.pk]})

    assert "<li>lina</li>" in page.content.decode()
    assert User.objects.get(pk=lina.pk).is_active
    assert lina.api_keys.exists()


def test_the_list_costs_the_same_queries_for_many(admin_client, django_assert_max_num_queries):
    for user in UserFactory.create_batch(30):
        user.groups.set(GroupFactory.create_batch(2))

    with django_assert_max_num_queries(12):
        admin_client.get(LIST)
