"""What admin pages are built from: unfold's classes, typed, and the rules that all pages keep."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import messages
from django.contrib.admin import site
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from apps.core.errors import ClawdbotError
from apps.core.gates import write_again

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
        boolean: bool | None = None,
        header: bool | None = None,
    ) -> Callable[[F], F]:
        """unfold.decorators.display, typed."""
else:
    from unfold import admin as unfold_admin
    from unfold.decorators import action, display

    from apps.core.admin_lists import AdminList

    TabularInline = unfold_admin.TabularInline

    class ModelAdmin(unfold_admin.ModelAdmin):
        list_filter_submit = True
        list_filter_sheet = True
        warn_unsaved_form = True
        compressed_fields = True
        nothing_yet = ""  # what a list says that has no rows and no filter

        def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[AdminList]:
            """With addresses that can be followed."""
            return AdminList

        def changeform_view(
            self,
            request: HttpRequest,
            object_id: str | None = None,
            form_url: str = "",
            extra_context: Any = None,
        ) -> HttpResponse:
            """A service's refusal becomes a message; nothing was written."""
            try:
                return super().changeform_view(request, object_id, form_url, extra_context)
            except ClawdbotError as error:
                return _back_with_reason(request, error)

        def delete_view(
            self, request: HttpRequest, object_id: str, extra_context: Any = None
        ) -> HttpResponse:
            """A service's refusal becomes a message; nothing was deleted."""
            try:
                return super().delete_view(request, object_id, extra_context)
            except ClawdbotError as error:
                return _back_with_reason(request, error)


__all__ = [
    "ModelAdmin",
    "ReadOnly",
    "SuperuserOnly",
    "TabularInline",
    "action",
    "display",
    "moment",
    "pill",
    "plain_choice",
    "render_page",
    "render_site_page",
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


def render_site_page(
    request: HttpRequest, template: str, context: Mapping[str, Any]
) -> TemplateResponse:
    """A page of our own that is about no model; `context` holds its `title`."""
    request.current_app = site.name
    return TemplateResponse(request, template, {**site.each_context(request), **context})


def render_page(
    admin: "ModelAdmin[Any]", request: HttpRequest, template: str, context: Mapping[str, Any]
) -> TemplateResponse:
    """A page of our own inside the admin's frame.

    `context` holds `title`, what the page shows, and `original` when that is about one row: it
    then stands in the header, with a way back to it.
    """
    request.current_app = admin.admin_site.name
    frame = {**admin.admin_site.each_context(request), "opts": admin.opts, "model_admin": admin}
    return TemplateResponse(request, template, {**frame, **context})


def pill(tone: str, words: Any) -> SafeString:
    """A state as a coloured word; `tone` is quiet, busy, good, warn or bad."""
    return format_html(
        '<span class="cb-status" data-tone="{}"><span class="cb-dot" aria-hidden="true"></span>{}'
        "</span>",
        tone,
        words,
    )


def moment(when: datetime | None) -> str:
    """A time as people of this language and time zone read it; empty for none."""
    return localize(localtime(when)) if when else ""


def plain_choice(field: Any) -> Any:
    """The form field of a relation without links to add, change or look at the other row."""
    if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
        widget = field.widget
        widget.can_add_related = widget.can_change_related = False
        widget.can_delete_related = widget.can_view_related = False
    return field


def _back_with_reason(request: HttpRequest, error: ClawdbotError) -> HttpResponse:
    write_again(error)  # the form's transaction was rolled back
    tell_refusal(request, error)
    here = request.get_full_path()
    return HttpResponseRedirect(here if request.method == "POST" else reverse("admin:index"))


def tell_refusal(request: HttpRequest, error: ClawdbotError) -> None:
    """Show why a service refused, as a message on the next page."""
    messages.error(request, error.message)
