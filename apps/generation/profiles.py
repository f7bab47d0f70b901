"""Which profile a question is searched and answered by."""

from collections.abc import Collection as AnyOf
from uuid import UUID

from django.db.models import QuerySet

from apps.core import config
from apps.generation.answers import Question
from apps.knowledge.access import Scope
from apps.knowledge.models import Collection
from apps.modelhub.glossaries import Expansion
from apps.modelhub.profiles import ProfileSpec, profile_for


def profile_sought(question: Question) -> ProfileSpec:
    """The profile to search by: the request's; else that of all collections that are searched,
    where they agree; else model.type. Raises Invalid for an unknown one. One query at most."""
    return profile_in(question.scope, named=question.profile)


def profile_in(scope: Scope, *, named: str = "") -> ProfileSpec:
    """As `profile_sought`, for a search without a question."""
    if named:
        return profile_for(named)
    return _agreed(Collection.objects.filter(pk__in=scope.visible_ids, deleted_at=None))


def expansion_of(query: str, *, scope: Scope, named: str = "") -> Expansion:
    """What the terms of a query are called otherwise, by the glossary of `profile_in`."""
    return profile_in(scope, named=named).glossary.expansions(query)


def profile_of(question: Question, collections: AnyOf[UUID]) -> ProfileSpec:
    """The profile to answer by: the request's; else that of the collections that were found in,
    where they agree; else model.type. Raises Invalid for an unknown one. One query at most."""
    if question.profile:
        return profile_for(question.profile)
    if not collections:
        return profile_sought(question)
    return _agreed(Collection.objects.filter(uuid__in=collections))


def _agreed(collections: QuerySet[Collection]) -> ProfileSpec:
    """A collection that names none has that of the installation."""
    usual = config.load().model.type
    named = collections.order_by().values_list("profile", flat=True).distinct()
    found = {name or usual for name in named}
    return profile_for(found.pop() if len(found) == 1 else usual)
