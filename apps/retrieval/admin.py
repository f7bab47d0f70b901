"""The admin page of each node's index; a repair can be asked for. Embedding models:
apps.evaluation.admin."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core.adminsite import ModelAdmin, ReadOnly, action, display, pill, render_page
from apps.knowledge import changes
from apps.retrieval.models import NodeIndex
from apps.retrieval.verified import repair_ask, verified


@admin.register(NodeIndex)
class NodeIndexAdmin(ReadOnly, ModelAdmin[NodeIndex]):
    """How far the index of each node is behind the database."""

    list_display = ("machine", "state", "checked", "chunks", "wiped", "when")
    list_display_links = None
    actions_list = ["ask_for_repair"]

    @action(description=_("Repair what differs"), url_path="repair", icon="healing",
            permissions=["repair"])  # fmt: skip
    def ask_for_repair(self, request: HttpRequest) -> HttpResponse:
        """Ask the nodes that found drift; a page that asks first comes before it."""
        if request.method != "POST":
            return render_page(
                self, request, "retrieval/admin/repair.html", {"title": _("Repair the index")}
            )
        asked = repair_ask()
        if asked:
            messages.success(request, _("The repair begins within seconds. Look at this page."))
        else:
            messages.info(request, _("Nothing is to be repaired, or it is being done."))
        return HttpResponseRedirect(reverse("admin:retrieval_nodeindex_changelist"))

    def has_repair_permission(self, request: HttpRequest) -> bool:
        """Superusers: it costs the machine time."""
        return bool(request.user.is_active and request.user.is_superuser)

    @display(description=_("verified"), ordering="verified_at")
    def checked(self, index: NodeIndex) -> SafeString:
        """What the last verify found."""
        state = verified(index)
        return pill(state.tone, state.words)

    @display(description=_("wiped up to change"), ordering="purged_seq")
    def wiped(self, index: NodeIndex) -> int:
        """No file holds anything of what was deleted up to this change."""
        return index.purged_seq

    @display(description=_("node"), ordering="node")
    def machine(self, index: NodeIndex) -> str:
        """The machine's name."""
        return index.node

    @display(description=_("state"))
    def state(self, index: NodeIndex) -> SafeString:
        """Up to date, or by how many changes it lags."""
        lag = changes.latest() - index.change_seq
        if lag <= 0:
            return pill("good", _("Up to date"))
        return pill(
            "busy", ngettext("%(n)d change behind", "%(n)d changes behind", lag) % {"n": lag}
        )

    @display(description=_("chunks"), ordering="rows")
    def chunks(self, index: NodeIndex) -> int:
        """Rows that can be found."""
        return index.rows

    @display(description=_("updated"), ordering="updated_at")
    def when(self, index: NodeIndex) -> Any:
        """When the indexer last wrote."""
        return index.updated_at
