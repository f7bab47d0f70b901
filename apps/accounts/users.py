"""Creating people who sign in, and changing how they do."""

import secrets

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.restrictions import (
    require_other_administrator,
    restriction_lift,
    restrictions_of,
)
from apps.core.errors import Conflict, Invalid, NotFound

GENERATED_BYTES = 12


def user_get(name: str) -> User:
    """The user of this name. Raises NotFound."""
    found = User.objects.filter(username=name).first()
    if found is None:
        raise NotFound(f"There is no user “{name}”.")
    return found


@transaction.atomic
def user_create(
    *,
    name: str,
    password: str,
    email: str = "",
    is_admin: bool = False,
    groups: tuple[str, ...] = (),
) -> User:
    """Create a user in these groups, which are created where missing.

    Raises Conflict (the name is taken) or Invalid (name or password cannot be used).
    """
    if User.objects.filter(username=name).exists():
        raise Conflict(_("There is already a user “%(name)s”.") % {"name": name})
    user = User(username=name, email=email, is_staff=is_admin, is_superuser=is_admin)
    _check(user, password)
    user.set_password(password)
    user.save()
    user.groups.set([Group.objects.get_or_create(name=group)[0] for group in groups])
    return user


def user_set_password(*, user: User, password: str) -> None:
    """Change the password; every session of the user ends. Raises Invalid when it is too weak."""
    _check(user, password)
    user.set_password(password)
    user.save(update_fields=["password"])


def user_set_language(*, user: User, language: str) -> None:
    """The language of the user's pages in every browser that has not chosen another one.

    Raises Invalid when there is no such language.
    """
    if language not in dict(settings.LANGUAGES):
        raise Invalid(f"There is no language “{language}”.")
    user.language = language
    user.save(update_fields=["language"])


@transaction.atomic
def user_set_active(*, user: User, is_active: bool) -> None:
    """Let the user and their keys in, also where they were suspended or slowed down, or keep them
    out. Raises Conflict for the last admin."""
    if is_active:
        for row in restrictions_of(user):
            restriction_lift(row, by=None)
    else:
        require_other_administrator(user)
    User.objects.filter(pk=user.pk).update(is_active=is_active)


def generated_password() -> str:
    """A random password that passes every rule."""
    return secrets.token_urlsafe(GENERATED_BYTES)


def _check(user: User, password: str) -> None:
    try:
        user.clean_fields(exclude=["password", "last_login"])
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages)) from None
