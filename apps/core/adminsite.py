"""What admin pages are built from: unfold's classes, typed, and the rules that all pages keep."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse

from apps.core.errors import ClawdbotError

F = TypeVar("F", bound=Callable[..., Any])

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin, TabularInline

    def action(
        *,
        description: Any,
        url_path: str = "",
        icon: str = "",
        permissions: Sequence[str] = (),
        attrs: Mapping[str, str] | None = None,
    ) -> Callable[[F], F]:
        """unfold.decorators.action, typed."""

    def display(
        *,
        description: Any,
        ordering: Any = None,
        label: Mapping[str, str] | bool | None = None,
        boolean: bool | None = None,
        header: bool | None = None,
    ) -> Callable[[F], F]:
        """unfold.decorators.display, typed."""
else:
    from unfold import admin as unfold_admin
    from unfold.decorators import action, display

    TabularInline = unfold_admin.TabularInline

    class ModelAdmin(unfold_admin.ModelAdmin):
        list_filter_submit = True
        list_filter_sheet = True
        warn_unsaved_form = True
        compressed_fields = True


__all__ = [
    "ModelAdmin",
    "ReadOnly",
    "SuperuserOnly",
    "TabularInline",
    "action",
    "display",
    "render_page",
    "tell_refusal",
]


class ReadOnly:
    """Mix in before ModelAdmin: rows are looked at, never written or deleted here."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


class SuperuserOnly:
    """Mix in before ModelAdmin: what people wrote themselves is shown to superusers only."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Only superusers see the pages listed."""
        return bool(request.user.is_active and request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Only superusers may look."""
        return self.has_module_permission(request)


def render_page(
    admin: "ModelAdmin[Any]", request: HttpRequest, template: str, context: Mapping[str, Any]
) -> TemplateResponse:
    """A page of our own inside the admin's frame. `context` holds `title` and what it shows."""
    request.current_app = admin.admin_site.name
    frame = {**admin.admin_site.each_context(request), "opts": admin.opts, "model_admin": admin}
    return TemplateResponse(request, template, {**frame, **context})


def tell_refusal(request: HttpRequest, error: ClawdbotError) -> None:
    """Show why a service refused, as a message on the next page."""
    messages.error(request, error.message)
