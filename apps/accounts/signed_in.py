"""The user behind a request of which it is known that someone is signed in."""

from typing import cast

from django.http import HttpRequest

from apps.accounts.models import User


def user_of(request: HttpRequest) -> User:
    """The signed-in user; views of the admin are never reached without one."""
    return cast(User, request.user)
