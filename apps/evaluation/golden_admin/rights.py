"""Who opens the pages: superusers, and staff who manage a collection; each what they manage."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from apps.accounts.models import User
from apps.accounts.signed_in import user_of
from apps.core.digits import number_in
from apps.evaluation.golden_sets import golden_set_list
from apps.evaluation.models import EvaluationRun, GoldenSet
from apps.knowledge.access import collections_of
from apps.knowledge.admin.allowed import is_manager_of_any
from apps.knowledge.models import Permission


def may_open(user: User) -> bool:
    """Superusers, and who manages a collection."""
    return user.is_superuser or collections_of(user, Permission.MANAGE).exists()


def is_offered(request: HttpRequest) -> bool:
    """Whether the pages stand in the navigation."""
    return user_of(request).is_superuser or is_manager_of_any(request)


def opened(request: HttpRequest) -> User:
    """Who looks. Raises PermissionDenied."""
    user = user_of(request)
    if not may_open(user):
        raise PermissionDenied
    return user


def set_of(request: HttpRequest, key: object) -> GoldenSet:
    """A set that who looks manages. Raises PermissionDenied, Http404."""
    found = golden_set_list(by=opened(request)).filter(pk=number_in(str(key)) or 0).first()
    if found is None:
        raise Http404
    return found


def run_of(request: HttpRequest, key: object) -> EvaluationRun:
    """A run of a set that who looks manages. Raises PermissionDenied, Http404."""
    sets = golden_set_list(by=opened(request)).order_by().values("pk")
    runs = EvaluationRun.objects.filter(pk=number_in(str(key)) or 0, golden_set__in=sets)
    found = runs.select_related("golden_set__collection", "requested_by").first()
    if found is None:
        raise Http404
    return found


class Managers:
    """Mix in before ModelAdmin: the page is there for who manages a collection."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Superusers, and staff who manage a collection."""
        return bool(request.user.is_active and request.user.is_staff) and is_offered(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same; each page shows what they manage."""
        return self.has_module_permission(request)
