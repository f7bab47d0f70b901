"""Keys say when they were used last, at no cost for a crowd that shares one."""

import pytest

from apps.accounts import api_keys
from apps.accounts.api_keys import api_key_authenticate, api_key_create
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_the_use_of_a_key_is_noted():
    key, secret = api_key_create(user=UserFactory(), name="crowd")

    api_key_authenticate(secret)

    key.refresh_from_db()
    assert key.last_used_at is not None


def test_while_one_request_notes_the_use_of_a_key_no_other_waits_to_write(
    django_assert_num_queries, monkeypatch
):
    key, secret = api_key_create(user=UserFactory(), name="crowd")
    monkeypatch.setattr(api_keys, "_being_noted", {key.secret_sha256})

    with django_assert_num_queries(1):
        api_key_authenticate(secret)
