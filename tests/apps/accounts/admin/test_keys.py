"""API keys in the admin: the secret is shown once and never stored."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.api_keys import api_key_authenticate, api_key_create
from apps.accounts.models import ApiKey
from apps.core.errors import Unauthenticated
from tests.admin_pages import client_of
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

ADD = "/admin/accounts/apikey/add/"
LIST = "/admin/accounts/apikey/"


def create(client: Client, user) -> str:
    page = client.post(ADD, {"name": "intranet", "user": user.pk})
    return re.search(r"cb_[\w-]{43}", page.content.decode())[0]


def test_the_secret_is_on_the_page_that_answers_the_creation(admin_client, admin_user):
    secret = create(admin_client, admin_user)

    assert api_key_authenticate(secret).user == admin_user


def test_that_page_is_kept_by_no_cache(admin_client, admin_user):
    page = admin_client.post(ADD, {"name": "intranet", "user": admin_user.pk})

    assert "no-store" in page["Cache-Control"]


def test_the_secret_is_on_no_other_page_and_in_no_row(admin_client, admin_user):
    secret = create(admin_client, admin_user)

    listed = admin_client.get(LIST).content.decode()

    assert secret[:10] in listed
    assert secret not in listed
    assert secret not in str(list(ApiKey.objects.values()))
    assert secret not in str(dict(admin_client.session))


def test_a_revoked_key_is_refused(admin_client, admin_user):
    key, secret = api_key_create(user=admin_user, name="old")

    admin_client.post(LIST, {"action": "revoke", "_selected_action": [key.pk], "confirmed": "yes"})

    with pytest.raises(Unauthenticated):
        api_key_authenticate(secret)


def test_revoking_is_asked_about_first(admin_client, admin_user):
    key, _secret = api_key_create(user=admin_user, name="old")

    page = admin_client.post(LIST, {"action": "revoke", "_selected_action": [key.pk]})

    assert "Revoke these keys?" in page.content.decode()
    assert ApiKey.objects.get().is_usable


def test_an_expiry_in_the_past_is_not_taken(admin_client, admin_user):
    form = {"name": "x", "user": admin_user.pk, "expires_at_0": "2020-01-01", "expires_at_1": "0:0"}

    page = admin_client.post(ADD, form)

    assert b"Choose a time that lies ahead." in page.content
    assert not ApiKey.objects.exists()


def test_staff_cannot_make_a_key_that_acts_as_somebody_else(make_staff, admin_user):
    staff = make_staff("add_apikey", "view_apikey")

    client_of(staff).post(ADD, {"name": "mine now", "user": admin_user.pk})

    assert not ApiKey.objects.exists()


def test_staff_see_only_their_own_keys(make_staff):
    staff = make_staff("view_apikey")
    api_key_create(user=UserFactory(), name="somebody else's")

    page = client_of(staff).get(reverse("admin:accounts_apikey_changelist"))

    assert b"somebody else" not in page.content


def test_a_key_has_no_change_page(admin_client, admin_user):
    key, _secret = api_key_create(user=admin_user, name="fixed")

    page = admin_client.post(f"{LIST}{key.pk}/change/", {"name": "renamed", "user": admin_user.pk})

    key.refresh_from_db()
    assert (page.status_code, key.name) == (403, "fixed")
