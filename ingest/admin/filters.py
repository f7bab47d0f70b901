"""Filters of the lists of documents and jobs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from apps.knowledge.access import documents_of
from apps.knowledge.models import Document, Permission
from ingest.admin import rights
from ingest.models import Job
from ingest.reasons import REASONS
from ingest.selectors import STATUSES, filter_status, jobs_of
from ingest.words import STATUS_WORDS, format_word, language_word

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


class FailureFilter(DropdownFilter):
    """Jobs by why they failed."""

    title = _("reason")
    parameter_name = "error_code"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """The reasons that there are, in words."""
        scope = rights.scope_of(request)
        failed = jobs_of(scope).exclude(error_code="")
        codes = failed.order_by("error_code").values_list("error_code", flat=True).distinct()
        return [(code, Truncator(REASONS.get(code, code)).chars(70)) for code in codes]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """Those that failed for the chosen reason."""
        return queryset.filter(error_code=self.value()) if self.value() else queryset


class KindFilter(DropdownFilter):
    """Documents by the kind of their newest file."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """The kinds that are there, in readable collections."""
        found = _readable(request).values_list("latest_version__media_type", flat=True)
        kinds = found.exclude(latest_version__media_type="").order_by().distinct()
        return sorted(((kind, format_word(kind)) for kind in kinds if kind), key=lambda row: row[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Document]) -> QuerySet[Document]:
        """Those of the chosen kind."""
        chosen = self.value()
        return queryset.filter(latest_version__media_type=chosen) if chosen else queryset


class LanguageFilter(RadioFilter):
    """Documents by the language of their newest version."""

    title = _("language")
    parameter_name = "language"
    all_option = ["", _("All")]

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """Those that texts are recognised in."""
        return [(code, language_word(code)) for code in ("en", "zh")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Document]) -> QuerySet[Document]:
        """Those in the chosen language."""
        chosen = self.value()
        return queryset.filter(latest_version__language=chosen) if chosen else queryset


def _readable(request: HttpRequest) -> QuerySet[Document]:
    return documents_of(rights.scope_of(request))
