"""Golden sets: one default for each collection with questions, and more where wanted."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.core.errors import Conflict, Invalid, NotFound
from apps.evaluation.golden_questions import golden_questions_kept
from apps.evaluation.models import DEFAULT_NAME, GoldenQuestion, GoldenSet
from apps.knowledge import access
from apps.knowledge.access import collections_of
from apps.knowledge.models import Collection, Permission

SET_FIELDS = frozenset({"name", "is_watched", "is_guard", "max_loss"})


def golden_set_default(collection: Collection) -> GoldenSet:
    """The set that questions without one belong to, made when it is asked for; they join it.

    Safe to repeat and to race.
    """
    found = GoldenSet.objects.filter(collection=collection, is_default=True).first()
    if found is None:
        try:
            with transaction.atomic():
                found = GoldenSet.objects.create(
                    collection=collection, name=DEFAULT_NAME, is_default=True
                )
        except IntegrityError:  # another one was quicker, or somebody gave a set this name
            found = GoldenSet.objects.get(collection=collection, name=DEFAULT_NAME)
            GoldenSet.objects.filter(pk=found.pk).update(is_default=True)
    GoldenQuestion.objects.filter(collection=collection, golden_set=None).update(golden_set=found)
    return found


def golden_sets_complete() -> None:
    """Each collection with questions that belong to no set gets its default set. One query, when
    there is nothing to do."""
    homeless = Q(golden_questions__isnull=False, golden_questions__golden_set=None)
    for collection in Collection.objects.filter(homeless, deleted_at=None).distinct():
        golden_set_default(collection)


def golden_set_create(*, collection: Collection, name: str, by: User) -> GoldenSet:
    """Another set of a collection. Raises Invalid, Conflict, and as `access.require` (MANAGE)."""
    access.require(by, Permission.MANAGE, collection)
    if not name.strip():
        raise Invalid(gettext("Give the set a name."))
    golden_set_default(collection)
    try:
        with transaction.atomic():
            return GoldenSet.objects.create(
                collection=collection, name=name.strip()[:200], created_by=by
            )
    except IntegrityError:
        raise Conflict(gettext("The collection has a set of this name already.")) from None


def golden_set_update(*, golden_set: GoldenSet, by: User, values: Mapping[str, Any]) -> None:
    """Change what SET_FIELDS names. Raises Invalid, Conflict, and as `access.require` (MANAGE)."""
    access.require(by, Permission.MANAGE, golden_set.collection)
    if unknown := set(values) - SET_FIELDS:
        raise Invalid(
            gettext("A golden set has no %(fields)s.") % {"fields": ", ".join(sorted(unknown))}
        )
    try:
        with transaction.atomic():
            GoldenSet.objects.filter(pk=golden_set.pk).update(**values)
    except IntegrityError:
        raise Conflict(gettext("The collection has a set of this name already.")) from None


def golden_set_delete(*, golden_set: GoldenSet, by: User) -> None:
    """With its questions and runs. Raises as `access.require` (MANAGE)."""
    access.require(by, Permission.MANAGE, golden_set.collection)
    golden_set.delete()


def golden_set_list(*, by: User) -> QuerySet[GoldenSet]:
    """Those of collections that `by` manages, with `asked` (questions in use) and `drafts`."""
    golden_sets_complete()
    managed = collections_of(by, Permission.MANAGE).order_by().values("pk")
    state = GoldenQuestion.State
    return (
        GoldenSet.objects.filter(collection__in=managed)
        .select_related("collection")
        .annotate(
            asked=Count("questions", filter=Q(questions__state=state.ACTIVE)),
            drafts=Count("questions", filter=Q(questions__state=state.DRAFT)),
        )
        .order_by("collection__name", "-is_default", "name")
    )


def golden_set_get(name: str, *, by: User) -> GoldenSet:
    """By "COLLECTION" (its default set) or "COLLECTION/SET". Raises NotFound, naming what is there.

    A slash may be part of a collection's name.
    """
    managed = collections_of(by, Permission.MANAGE)
    if whole := managed.filter(name=name).first():
        return golden_set_default(whole)
    collection, _, own = name.rpartition("/")
    there = golden_set_list(by=by)
    found = there.filter(collection__name=collection.strip(), name=own.strip()).first()
    if found is None:
        names = ", ".join(f"{one.collection.name}/{one.name}" for one in there) or "none yet"
        raise NotFound(
            gettext("There is no collection or golden set “%(name)s” (there are: %(names)s).")
            % {"name": name, "names": names}
        )
    return found


def questions_asked(golden_set: GoldenSet) -> QuerySet[GoldenQuestion]:
    """What a run asks: in use, and resting on nothing that was deleted."""
    return golden_questions_kept().filter(golden_set=golden_set)
