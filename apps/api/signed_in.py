"""Who makes a request, and what they may read."""

from typing import cast

from django.http import HttpRequest
from rest_framework.request import Request

from apps.accounts.models import User
from apps.api.widget.sessions import session_of
from apps.knowledge.access import Scope


def user_of(request: Request | HttpRequest) -> User:
    """The signed-in user. Views behind IsAuthenticated have one."""
    return cast(User, request.user)


def scope_of(request: Request) -> Scope:
    """Everything the signed-in user may read; with a widget's token, the widget's collection."""
    scope, session = Scope.of(user_of(request)), session_of(request)
    return scope.narrowed([session.widget.collection.uuid]) if session else scope
