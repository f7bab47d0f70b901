"""The admin page of each node's index: looked at only. Embedding models: apps.evaluation.admin."""

from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core.adminsite import ModelAdmin, ReadOnly, display, pill
from apps.knowledge import changes
from apps.retrieval.models import NodeIndex


@admin.register(NodeIndex)
class NodeIndexAdmin(ReadOnly, ModelAdmin[NodeIndex]):
    """How far the index of each node is behind the database."""

    list_display = ("machine", "state", "published", "chunks", "place", "when")
    list_display_links = None

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

    @display(description=_("generation"), ordering="generation")
    def published(self, index: NodeIndex) -> int:
        """Grows with each publish."""
        return index.generation

    @display(description=_("chunks"), ordering="rows")
    def chunks(self, index: NodeIndex) -> int:
        """Rows that can be found."""
        return index.rows

    @display(description=_("last change"), ordering="change_seq")
    def place(self, index: NodeIndex) -> int:
        """Everything up to this change is in it."""
        return index.change_seq

    @display(description=_("updated"), ordering="updated_at")
    def when(self, index: NodeIndex) -> Any:
        """When the indexer last wrote."""
        return index.updated_at
