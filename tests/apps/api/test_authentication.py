"""Signing in to the API."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from apps.accounts.api_keys import api_key_create, api_key_revoke
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def ask_with(authorization: str):
    return APIClient().get("/api/v1/collections/", HTTP_AUTHORIZATION=authorization)


def test_a_call_without_a_key_is_told_how_to_sign_in():
    response = APIClient().get("/api/v1/collections/")

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.json()["error"]["code"] == "unauthenticated"


@pytest.mark.parametrize("value", ["Bearer nonsense", "Bearer", "Bearer a b", "bearer Ünsinn"])
def test_a_bad_key_is_refused_with_401(value):
    response = ask_with(value.encode().decode("latin-1"))

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_key_signs_in_as_its_user():
    _, secret = api_key_create(user=UserFactory(), name="laptop")

    assert ask_with(f"Bearer {secret}").status_code == 200


def test_an_expired_key_is_refused():
    past = timezone.now() - timedelta(seconds=1)
    _, secret = api_key_create(user=UserFactory(), name="old", expires_at=past)

    assert ask_with(f"Bearer {secret}").status_code == 401


def test_a_revoked_key_is_refused():
    key, secret = api_key_create(user=UserFactory(), name="lost")
    api_key_revoke(key)

    assert ask_with(f"Bearer {secret}").status_code == 401


def test_a_key_of_a_switched_off_user_is_refused():
    _, secret = api_key_create(user=UserFactory(is_active=False), name="gone")

    assert ask_with(f"Bearer {secret}").status_code == 401


def test_the_portal_session_signs_in_but_needs_the_csrf_token_to_write():
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(UserFactory(is_superuser=True))

    assert client.get("/api/v1/collections/").status_code == 200
    refused = client.post("/api/v1/collections/", {"name": "A"})
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "forbidden"
