"""What the asker narrowed the search to, as the rows that an index may return."""

from dataclasses import replace
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q
from django.db.models.fields.json import KeyTransform
from django.db.models.sql.compiler import SQLCompiler

from apps.knowledge import access
from apps.knowledge.access import Scope
from apps.retrieval.protocols import Filters, RowFilter


class Member(KeyTransform):
    """The member of a JSON object that has this name, which may be any text.

    KeyTransform takes `5` for a place in a list, and SQLite before 3.44 cannot quote every name.
    """

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra_context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        """With true, false and null as words, as Django compares them."""
        column, params = compiler.compile(self.lhs)
        member = "CASE WHEN type IN ('true', 'false', 'null') THEN type ELSE value END"
        found = f"(SELECT {member} FROM JSON_EACH({column}) WHERE key = %s)"  # noqa: S608
        return found, (*params, self.key_name)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra_context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        """The operator for text; it also has one for places in lists."""
        column, params = compiler.compile(self.lhs)
        return f"({column} -> %s::text)", (*params, self.key_name)


def row_filter(scope: Scope, filters: Filters) -> RowFilter:
    """What the scope lets an index return, and the documents of it that `filters` asks for.

    One query when there are filters, none otherwise.
    """
    if not filters:
        return _rows(scope)
    documents = access.documents_of(scope).filter(_condition(filters))
    for number, (key, value) in enumerate(filters.metadata.items()):
        member = f"member_{number}"
        documents = documents.alias(**{member: Member(key, "metadata")}).filter(**{member: value})
    return replace(
        _rows(scope), document_ids=frozenset(documents.order_by().values_list("pk", flat=True))
    )


def _rows(scope: Scope) -> RowFilter:
    return RowFilter(
        scope.collection_ids, granted_ids=scope.granted_ids, denied_ids=scope.denied_ids
    )


def _condition(filters: Filters) -> Q:
    """Several values of one filter: any of them. Several filters: all of them."""
    condition = Q()
    if filters.documents:
        condition &= Q(uuid__in=filters.documents)
    if filters.media_types:
        condition &= Q(current_version__media_type__in=filters.media_types)
    if filters.languages:
        condition &= Q(current_version__language__in=filters.languages)
    if filters.created_after:
        condition &= Q(created_at__gte=filters.created_after)
    if filters.created_before:
        condition &= Q(created_at__lt=filters.created_before)
    return condition
