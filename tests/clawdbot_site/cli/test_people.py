"""`clawdbot user` and `clawdbot key`."""

import json

import pytest
from typer.testing import CliRunner

from apps.accounts.api_keys import api_key_authenticate
from apps.accounts.models import ApiKey, Restriction, User
from apps.accounts.restrictions import restriction_create, suspension_of
from apps.core.errors import ClawdbotError, Conflict, Unauthenticated
from apps.knowledge.access import collections_of
from apps.knowledge.models import Permission
from clawdbot_site.cli import key, user
from tests.factories import CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def admin():
    return UserFactory(username="admin", is_staff=True, is_superuser=True)


def call(module, *arguments, text=None):
    result = CliRunner().invoke(module.app, list(arguments), input=text)
    if isinstance(result.exception, ClawdbotError):
        raise result.exception
    return result


def test_a_new_user_can_sign_in_with_the_password_shown():
    shown = call(user, "add", "anna", "--group", "hr").stdout.strip()

    anna = User.objects.get(username="anna")
    assert anna.check_password(shown)
    assert [group.name for group in anna.groups.all()] == ["hr"]
    assert not anna.is_superuser


def test_a_password_given_on_standard_input_is_not_shown():
    result = call(user, "add", "anna", "--password-stdin", text="a-Good-one-42\n")

    assert User.objects.get(username="anna").check_password("a-Good-one-42")
    assert "a-Good-one-42" not in result.stdout


def test_a_granted_user_may_read():
    collection = CollectionFactory(name="Plans")
    anna = UserFactory(username="anna")

    call(user, "grant", "anna", "Plans")

    assert list(collections_of(anna, Permission.READ)) == [collection]


def test_a_disabled_user_is_out_and_in_again():
    UserFactory(username="anna")

    call(user, "disable", "anna")
    assert not User.objects.get(username="anna").is_active
    call(user, "enable", "anna")
    assert User.objects.get(username="anna").is_active


def test_a_suspended_user_is_let_in_again_without_the_pages():
    anna = UserFactory(username="anna")
    restriction_create(subject=anna, kind=Restriction.Kind.SUSPEND)

    call(user, "enable", "anna")

    anna.refresh_from_db()
    assert suspension_of(anna) is None


def test_the_last_administrator_cannot_be_disabled():
    suspended = UserFactory(is_staff=True, is_superuser=True)
    restriction_create(subject=suspended, kind=Restriction.Kind.SUSPEND)

    with pytest.raises(Conflict, match="last administrator"):
        call(user, "disable", "admin")


def test_the_last_administrator_who_can_sign_in_is_not_erased(admin):
    UserFactory(username="boss", is_staff=True, is_superuser=True)
    restriction_create(subject=admin, kind=Restriction.Kind.SUSPEND)

    with pytest.raises(Conflict, match="last administrator"):
        call(user, "erase", "boss", "--account")


def test_users_are_listed_for_machines():
    listed = json.loads(call(user, "list", "--json").stdout)

    assert [row["name"] for row in listed] == ["admin"]


def test_a_key_works_until_it_is_revoked():
    secret = json.loads(call(key, "create", "bot", "--days", "3", "--json").stdout)["key"]
    assert api_key_authenticate(secret).user.username == "admin"

    call(key, "revoke", ApiKey.objects.get().prefix)

    with pytest.raises(Unauthenticated):
        api_key_authenticate(secret)
