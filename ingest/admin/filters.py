"""Filters of the lists of documents and jobs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.knowledge.models import Document, Permission
from ingest.admin import rights
from ingest.selectors import STATUSES, filter_status
from ingest.words import STATUS_WORDS

if TYPE_CHECKING:
    from django.contrib.admin import SimpleListFilter as DropdownFilter
    from django.contrib.admin import SimpleListFilter as RadioFilter
else:
    from unfold.contrib.filters.admin import DropdownFilter, RadioFilter


class StatusFilter(RadioFilter):
    """Documents by the status that people see."""

    title = _("state")
    parameter_name = "status"
    all_option = ["", _("All")]

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """Every status, in the order in which a document goes through them."""
        return [(status, STATUS_WORDS[status]) for status in STATUSES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Document]) -> QuerySet[Document]:
        """Those with the chosen status; an unknown one filters nothing."""
        status = self.value()
        return filter_status(queryset, status) if status in STATUSES else queryset


class CollectionFilter(DropdownFilter):
    """Rows of one collection; only those the user may read are offered."""

    title = _("collection")
    parameter_name = "collection"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """Names of the readable collections."""
        readable = rights.collections_for(request, Permission.READ).values_list("pk", "name")
        return [(str(pk), name) for pk, name in readable]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the chosen collection; one that is not offered filters nothing."""
        chosen = self.value()
        if chosen in {key for key, _name in self.lookup_choices}:
            return queryset.filter(collection_id=int(chosen))
        return queryset
