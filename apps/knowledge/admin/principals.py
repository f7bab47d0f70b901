"""Rows of grants on the page of what they are about: who may change them, how people are chosen."""

from typing import Any, TypeVar

from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.core.adminsite import TabularInline, plain_choice
from apps.knowledge.admin.allowed import is_allowed
from apps.knowledge.models import Collection, Document, Permission

LABELS = {"user": _("User"), "group": _("Group"), "is_everyone": _("Everyone")}
Row = TypeVar("Row", bound=Model)
About = TypeVar("About", bound=Model)


class GrantRows(TabularInline[Row, About]):
    """Whoever manages the collection writes them."""

    autocomplete_fields = ("user", "group")
    extra = 0
    hide_title = True
    verbose_name = _("access")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Chosen only: people and groups have pages of their own."""
        return plain_choice(super().formfield_for_dbfield(db_field, request, **kwargs))

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Those who manage the collection."""
        return is_manager(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Those who manage the collection."""
        return is_manager(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Those who manage the collection."""
        return is_manager(request, obj)


def is_manager(request: HttpRequest, about: Model | None) -> bool:
    """Whether who asks manages the collection that this is, or lies in."""
    match about:
        case Document():
            key = about.collection_id
        case Collection():
            key = about.pk
        case _:
            return False
    return is_allowed(request, Permission.MANAGE, key)
