"""Admin pages of the index of each node and of the embedding models: looked at only."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core.adminsite import ModelAdmin, ReadOnly, display, pill
from apps.knowledge import changes
from apps.retrieval.models import EmbeddingGeneration, NodeIndex


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


@admin.register(EmbeddingGeneration)
class EmbeddingGenerationAdmin(ReadOnly, ModelAdmin[EmbeddingGeneration]):
    """The models whose vectors are stored. Two never meet in a search."""

    list_display = ("weights", "state_now", "numbers", "vectors_stored", "since")
    list_display_links = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[EmbeddingGeneration]:
        """With the number of vectors."""
        return super().get_queryset(request).annotate(vectors_n=Count("vectors"))

    @display(description=_("model"), ordering="model_name")
    def weights(self, generation: EmbeddingGeneration) -> str:
        """Name, and the first letters of the weights' hash."""
        return str(generation)

    @display(description=_("state"), ordering="state")
    def state_now(self, generation: EmbeddingGeneration) -> SafeString:
        """Whether it is searched."""
        states = {
            EmbeddingGeneration.State.CURRENT: ("good", _("In use")),
            EmbeddingGeneration.State.BUILDING: ("busy", _("Being built")),
            EmbeddingGeneration.State.RETIRED: ("quiet", _("Retired")),
        }
        return pill(*states[EmbeddingGeneration.State(generation.state)])

    @display(description=_("dimensions"), ordering="dimension")
    def numbers(self, generation: EmbeddingGeneration) -> int:
        """Length of a vector."""
        return generation.dimension

    @display(description=_("vectors"), ordering="vectors_n")
    def vectors_stored(self, generation: Any) -> int:
        """How many texts are embedded."""
        return int(generation.vectors_n)

    @display(description=_("since"), ordering="created_at")
    def since(self, generation: EmbeddingGeneration) -> Any:
        """When it was first used."""
        return generation.created_at
