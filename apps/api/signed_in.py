"""Who makes a request, and what they may read."""

from typing import cast

from django.http import HttpRequest
from rest_framework.request import Request

from apps.accounts.models import User
from apps.knowledge.access import Scope


def user_of(request: Request | HttpRequest) -> User:
    """The signed-in user. Views behind IsAuthenticated have one."""
    return cast(User, request.user)


def scope_of(request: Request) -> Scope:
    """Everything the signed-in user may read."""
    return Scope.of(user_of(request))
