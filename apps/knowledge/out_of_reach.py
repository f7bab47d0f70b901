"""How much of the installation a search could not look into: numbers only, never which."""

from dataclasses import dataclass

from apps.accounts.models import User
from apps.knowledge.access import Scope
from apps.knowledge.models import Collection


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """What rights kept from a search, whatever it searched for.

    `collections`: of which nothing may be read; `partly`: of which single documents may be read;
    `documents`: kept back out of collections that may be read.
    """

    collections: int = 0
    partly: int = 0
    documents: int = 0


def out_of_reach(scope: Scope, user: User) -> OutOfReach:
    """What lies outside of the user's rights where `scope` searches. Two queries at most.

    Says nothing about what was asked: a number that followed the question would tell, question by
    question, what documents say that the asker may not read. Where the asker chose collections,
    the others were not left out by rights and are not counted.
    """
    if user.is_superuser:
        return OutOfReach()
    visible = Scope.of(user).visible_ids
    hidden = 0
    if scope.visible_ids == visible:
        hidden = Collection.objects.filter(deleted_at=None).exclude(pk__in=visible).count()
    return OutOfReach(hidden, len(scope.partial_ids), len(scope.denied_ids))
