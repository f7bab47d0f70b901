"""Admin page of erasure receipts: what a delete removed, and whether the purge is through."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.core.adminsite import ModelAdmin, ReadOnly, display, moment, pill
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

    list_display = ("what", "subject", "by", "when", "state")
    list_filter = ("target", "created_at")
    search_fields = ("target_uuid", "uuid")
    list_select_related = ("requested_by",)
    fieldsets = (
        (None, {"fields": ("what", "subject", "by", "when", "state", "ended")}),
        (_("Removed"), {"fields": ("removed",)}),
        (_("For the record"), {"fields": ("receipt", "place")}),
    )

    def has_view_permission(self, request: HttpRequest, obj: Erasure | None = None) -> bool:
        """Who deleted something may always read the receipt."""
        is_own = obj is not None and obj.requested_by_id == request.user.pk
        return super().has_view_permission(request, obj) or is_own

    @display(description=_("deleted"), ordering="target")
    def what(self, erasure: Erasure) -> str:
        """Kind of thing that was deleted."""
        return erasure.get_target_display()

    @display(description=_("identifier"))
    def subject(self, erasure: Erasure) -> str:
        """The public id of what was deleted; its name is gone with it."""
        return str(erasure.target_uuid)

    @display(description=_("by"), ordering="requested_by__username")
    def by(self, erasure: Erasure) -> Any:
        """Who asked for it."""
        return erasure.requested_by

    @display(description=_("out of answers since"), ordering="created_at")
    def when(self, erasure: Erasure) -> str:
        """The commit from which on no answer can contain it."""
        return moment(erasure.created_at)

    @display(description=_("purge"))
    def state(self, erasure: Erasure) -> SafeString:
        """Whether text, vectors and originals are off the disk."""
        is_done = erasure.completed_at is not None
        return pill("good", _("Complete")) if is_done else pill("busy", _("In progress"))

    @display(description=_("purged"))
    def ended(self, erasure: Erasure) -> str:
        """When the last of it left the disk."""
        return moment(erasure.completed_at)

    @display(description=_("receipt"))
    def receipt(self, erasure: Erasure) -> str:
        """The receipt's own number."""
        return str(erasure.uuid)

    @display(description=_("change number"))
    def place(self, erasure: Erasure) -> int:
        """Every index that is past this change is free of it."""
        return erasure.change_seq

    @display(description=_("removed"))
    def removed(self, erasure: Erasure) -> Any:
        """Counts of what went, or that counting is not over."""
        if not erasure.counts:
            return _("The purge is still at work; reload in a moment.")
        rows = ((COUNTED.get(name, name), count) for name, count in erasure.counts.items())
        return format_html_join("", "<div>{}: <strong>{}</strong></div>", rows)
