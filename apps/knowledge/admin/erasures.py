"""Admin page of erasure receipts: what a delete removed, and whether the purge is through."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from apps.core.adminsite import ModelAdmin, ReadOnly, display
from apps.knowledge.models import Erasure

COUNTED = {
    "documents": _("Documents"),
    "versions": _("Versions"),
    "pages": _("Pages"),
    "chunks": _("Chunks"),
    "vectors": _("Vectors"),
    "blobs": _("Originals"),
    "answers": _("Answers that quoted it"),
}


@admin.register(Erasure)
class ErasureAdmin(ReadOnly, ModelAdmin[Erasure]):
    """Receipts are only read."""

    list_display = ("what", "target_uuid", "by", "when", "state")
    list_filter = ("target", "created_at")
    search_fields = ("target_uuid", "uuid")
    list_select_related = ("requested_by",)
    fieldsets = (
        (None, {"fields": ("what", "target_uuid", "by", "when", "state", "completed_at")}),
        (_("Removed"), {"fields": ("removed",)}),
        (_("For the record"), {"fields": ("uuid", "change_seq")}),
    )

    def has_view_permission(self, request: HttpRequest, obj: Erasure | None = None) -> bool:
        """Who deleted something may always read the receipt."""
        is_own = obj is not None and obj.requested_by_id == request.user.pk
        return super().has_view_permission(request, obj) or is_own

    @display(description=_("deleted"), ordering="target")
    def what(self, erasure: Erasure) -> str:
        """Kind of thing that was deleted."""
        return erasure.get_target_display()

    @display(description=_("by"), ordering="requested_by__username")
    def by(self, erasure: Erasure) -> Any:
        """Who asked for it."""
        return erasure.requested_by

    @display(description=_("out of answers since"), ordering="created_at")
    def when(self, erasure: Erasure) -> Any:
        """The commit from which on no answer can contain it."""
        return erasure.created_at

    @display(description=_("purge"), label={"done": "success", "waiting": "warning"})
    def state(self, erasure: Erasure) -> tuple[str, Any]:
        """Whether text, vectors and originals are off the disk."""
        is_done = erasure.completed_at is not None
        return ("done", _("Complete")) if is_done else ("waiting", _("In progress"))

    @display(description=_("removed"))
    def removed(self, erasure: Erasure) -> Any:
        """Counts of what went, or that counting is not over."""
        if not erasure.counts:
            return _("The purge is still at work; reload in a moment.")
        rows = ((COUNTED.get(name, name), count) for name, count in erasure.counts.items())
        return format_html_join("", "<div>{}: <strong>{}</strong></div>", rows)
