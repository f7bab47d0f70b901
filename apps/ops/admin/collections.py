"""The pages of collections, with what ingest alone cannot tell: how well they answer."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path

from apps.accounts.signed_in import user_of
from apps.knowledge.access import Scope
from apps.knowledge.models import Collection
from apps.ops import answer_figures
from apps.ops.admin import packs
from ingest.admin import CollectionAdmin

admin.site.unregister(Collection)


@admin.register(Collection)
class CollectionPage(CollectionAdmin):
    """Collections with the figures of their answers, and as knowledge packs."""

    def get_urls(self) -> list[URLPattern]:
        """With the download of a pack."""
        view = self.admin_site.admin_view(packs.download)
        return [path("<int:pk>/pack/", view, name="knowledge_collection_pack"), *super().get_urls()]

    def collection_context(self, request: HttpRequest, collection: Collection) -> dict[str, Any]:
        """With the figures of the answers."""
        quality = answer_figures.of_collection(collection, scope=Scope.of(user_of(request)))
        return {**super().collection_context(request, collection), "quality": quality}
