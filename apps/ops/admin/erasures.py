"""Admin page of erasure receipts: what a delete removed, and whether the purge is through."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.core.adminsite import ModelAdmin, ReadOnly, action, display, moment, pill
from apps.core.text import labelled
from apps.knowledge.models import Erasure
from apps.ops.erasing.receipt import AWAY, COMPLETE, receipt_of, state_of, waiting_for

COUNTED = {
    "documents": _("Documents"),
    "versions": _("Versions"),
    "pages": _("Pages"),
    "chunks": _("Chunks"),
    "vectors": _("Vectors"),
    "blobs": _("Originals"),
    "answers": _("Answers that quoted it"),
    "curated": _("Curators' quotes from it"),
    "golden": _("Golden questions about it"),
    "golden_results": _("Answers in evaluations"),
    "reports": _("Names in monthly reports"),
    "conversations": _("Conversations"),
    "traces": _("Questions"),
    "requests": _("Requests in the ledger, which stay without a name"),
    "keys": _("API keys"),
    "sessions": _("Sessions"),
    "others": _("Other entries"),
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
        (_("Removed"), {"fields": ("removed", "purged", "nodes", "waits")}),
        (_("For the record"), {"fields": ("receipt", "place", "fingerprint")}),
    )
    actions_detail = ("as_printed",)

    @action(description=_("Print the receipt"), url_path="as-printed", icon="print")
    def as_printed(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The receipt on one sheet of paper, to be filed."""
        erasure = self.get_object(request, str(object_id))
        if erasure is None or not self.has_view_permission(request, erasure):
            raise PermissionDenied
        receipt = receipt_of(erasure)
        counts = [(COUNTED.get(name, name), count) for name, count in receipt["counts"].items()]
        nodes = [node | _to_the_second(node) for node in receipt["nodes"]]
        context = {"receipt": receipt, "erasure": erasure, "counts": counts, "nodes": nodes}
        context["times"] = _to_the_second(receipt)
        return TemplateResponse(request, "ops/admin/receipt.html", context)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Erasure]:
        """With their nodes: whether a receipt is complete depends on them."""
        return super().get_queryset(request).prefetch_related("nodes")

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
        state = state_of(erasure, list(erasure.nodes.all()))
        if state == AWAY:
            return pill("warn", _("Complete but for a node that is away"))
        return pill("good", _("Complete")) if state == COMPLETE else pill("busy", _("In progress"))

    @display(description=_("purged"))
    def ended(self, erasure: Erasure) -> str:
        """When the last of it left the disk."""
        return moment(erasure.completed_at)

    @display(description=_("out of database and storage"))
    def purged(self, erasure: Erasure) -> str:
        """When rows, vectors, originals and quotes were gone."""
        return moment(erasure.purged_at)

    @display(description=_("nodes"))
    def nodes(self, erasure: Erasure) -> SafeString:
        """What each node's index did about it, and when."""
        rows = (
            (one.node, one.rows, one.segments, moment(one.followed_at), moment(one.purged_at))
            for one in erasure.nodes.all()
        )
        words = _("rows: {}, files written anew: {}, out of the index: {}, out of its files: {}")
        return format_html_join("", f"<div><strong>{{}}</strong> {escape(words)}</div>", rows)

    @display(description=_("waiting for"))
    def waits(self, erasure: Erasure) -> SafeString:
        """What is still to happen."""
        lines = waiting_for(erasure, list(erasure.nodes.all()))
        return format_html_join("", "<div>{}</div>", ((line,) for line in lines))

    @display(description="SHA-256")
    def fingerprint(self, erasure: Erasure) -> str:
        """Of the receipt's content, as `GET /api/v1/erasures/{id}/` gives it."""
        return str(receipt_of(erasure)["sha256"])

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
        rows = [(labelled(COUNTED.get(name, name), n),) for name, n in erasure.counts.items()]
        return format_html_join("", "<div>{}</div>", rows)


def _to_the_second(facts: Mapping[str, Any]) -> dict[str, str]:
    """The times among them as they are filed: with their zone, the same in every language."""
    moments = {name: value for name, value in facts.items() if name.endswith("_at") and value}
    return {
        name: f"{datetime.fromisoformat(value):%Y-%m-%d %H:%M:%S %Z}"
        for name, value in moments.items()
    }
