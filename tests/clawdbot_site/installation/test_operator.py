"""The first administrator and the operator's key."""

import pytest
from django.conf import settings

from apps.accounts.api_keys import api_key_authenticate, api_key_revoke
from apps.accounts.models import ApiKey, User
from apps.core import config
from clawdbot_site.installation import operator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _secrets(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)


def test_the_first_administrator_gets_a_password_and_a_key_that_work():
    assert operator.ensure_admin() is True

    admin = User.objects.get(username=operator.ADMIN)
    assert admin.check_password(operator.first_password())
    assert api_key_authenticate(operator.operator_key()).user == admin


def test_the_secrets_are_for_their_owner_only(tmp_path):
    operator.ensure_admin()

    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "secrets").iterdir()}
    assert modes == {0o600}


def test_a_second_time_changes_nothing():
    operator.ensure_admin()
    before = (operator.first_password(), operator.operator_key())

    assert operator.ensure_admin() is False
    assert (operator.first_password(), operator.operator_key()) == before
    assert ApiKey.objects.count() == 1


def test_of_two_nodes_that_start_at_once_one_makes_the_administrator(tmp_path, monkeypatch):
    User.objects.create_superuser(operator.ADMIN, "", "of-the-other-node")
    monkeypatch.setattr(operator, "is_there", lambda: False)  # when it looked

    assert operator.ensure_admin() is False

    assert (User.objects.count(), ApiKey.objects.count()) == (1, 0)
    assert list((tmp_path / "secrets").iterdir()) == []


def test_the_first_password_is_forgotten_once_it_was_changed(tmp_path):
    operator.ensure_admin()
    admin = User.objects.get()
    admin.set_password("another-Password-1")
    admin.save()

    assert operator.first_password() == ""
    assert not (tmp_path / "secrets" / "admin_password").exists()


def test_a_revoked_key_is_neither_shown_nor_replaced():
    operator.ensure_admin()
    api_key_revoke(ApiKey.objects.get())

    operator.ensure_admin()

    assert operator.operator_key() == ""
    assert ApiKey.objects.count() == 1


def test_a_password_of_the_configuration_is_used_and_written_nowhere(monkeypatch, tmp_path):
    service = config.load().service.model_copy(update={"admin_password": "given-to-all-nodes"})
    configured = config.load().model_copy(update={"service": service})
    monkeypatch.setattr(config, "load", lambda: configured)

    operator.ensure_admin()

    assert User.objects.get(username=operator.ADMIN).check_password("given-to-all-nodes")
    assert not (tmp_path / "secrets" / "admin_password").exists()
