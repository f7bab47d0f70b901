"""The administrator's first visit: how far it has come, and letting the first people in."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.accounts.users import generated_password, user_create
from apps.core import clock, config
from apps.core.errors import NotFound
from apps.generation.models import Trace
from apps.knowledge.access import Scope, collections_of, documents_of
from apps.knowledge.models import Collection, Permission, Pin
from apps.knowledge.models.collections import RemoteUse
from apps.knowledge.pins import pin_set
from apps.knowledge.services import access_grant, collection_create
from apps.ops.models import FirstVisit
from apps.ops.setup import notes


class Step(StrEnum):
    """The steps, in their order."""

    LANGUAGE = "language"
    MACHINE = "machine"
    ENGINE = "engine"
    LIMITS = "limits"
    COLLECTION = "collection"
    UPLOAD = "upload"
    QUESTION = "question"
    PEOPLE = "people"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Admitted:
    """Somebody who may sign in from now on. The password is kept nowhere else."""

    user: User
    password: str


def is_first_visit_open(by: User) -> bool:
    """Whether this user is to be led: an administrator, and nobody has finished yet."""
    return by.is_superuser and not FirstVisit.objects.filter(finished_at__isnull=False).exists()


def first_visit_finish(*, by: User) -> None:
    """Lead nobody any more. Safe to repeat: the first time counts."""
    FirstVisit.objects.get_or_create(pk=1)
    FirstVisit.objects.filter(pk=1, finished_at=None).update(
        finished_at=clock.now(), finished_by=by
    )


def first_collection(*, by: User) -> Collection | None:
    """The collection that the visit is about: what this user pinned last and may add to."""
    mine = collections_of(by, Permission.WRITE).filter(pins__user=by)
    return mine.order_by("-pins__pk").first()


def first_collection_choose(*, uuid: UUID, by: User) -> None:
    """Go on with a collection that is there. Raises NotFound."""
    found = collections_of(by, Permission.WRITE).filter(uuid=uuid).first()
    if found is None:
        raise NotFound(gettext("There is no such collection, or you may not read it."))
    _take(found, by)


def steps_done(*, by: User, collection: Collection | None) -> frozenset[Step]:
    """The steps whose result is there, whoever brought it about."""
    settled = notes.read(config.load()).settled
    done = {
        Step.LANGUAGE: bool(by.language),
        **{step: step in settled for step in (Step.MACHINE, Step.ENGINE, Step.LIMITS)},
        Step.COLLECTION: collection is not None,
        Step.UPLOAD: collection is not None and _has_documents(collection, by),
        Step.QUESTION: Trace.objects.filter(user=by, kind=Trace.Kind.ASK).exists(),
        Step.PEOPLE: User.objects.filter(is_active=True).exclude(pk=by.pk).exists(),
        Step.DONE: FirstVisit.objects.filter(finished_at__isnull=False).exists(),
    }
    return frozenset(step for step, is_done in done.items() if is_done)


@transaction.atomic
def collection_begin(
    *, name: str, is_for_everyone: bool, by: User, may_leave: bool = False
) -> Collection:
    """The first collection; readable by all who sign in, or only by whom it is granted to.

    `may_leave`: its passages may be sent to the remote engine.

    Raises Conflict (the name is taken), Invalid (it is no name) or Forbidden.
    """
    remote_use = RemoteUse.ALLOWED if may_leave else RemoteUse.NO
    collection = collection_create(name=name, by=by, remote_use=remote_use)
    if is_for_everyone:
        access_grant(collection=collection, permission=Permission.READ, to=None, by=by)
    _take(collection, by)
    return collection


@transaction.atomic
def person_admit(
    *, name: str, group: str, collection: Collection | None, permission: Permission, by: User
) -> Admitted:
    """Make a user with a password of its own, perhaps in a group, and let them use the collection.

    With a group, the group gets the permission: whoever joins it later has it too. A group that
    may do more already keeps it. Raises Conflict (the name is taken), Invalid (it is no name),
    NotFound or Forbidden (the collection).
    """
    password, group = generated_password(), group.strip()
    groups = (group,) if group else ()
    user = user_create(name=name.strip(), password=password, groups=groups)
    if collection is not None:
        to = Group.objects.get(name=group) if group else user
        _grant_at_least(permission, collection, to, by)
    return Admitted(user, password)


@transaction.atomic
def people_admit(
    *,
    names: Sequence[str],
    group: str,
    collection: Collection | None,
    permission: Permission,
    by: User,
) -> list[Admitted]:
    """All of them, or nobody. Raises as `person_admit`."""
    return [
        person_admit(name=name, group=group, collection=collection, permission=permission, by=by)
        for name in names
    ]


def _grant_at_least(
    permission: Permission, collection: Collection, to: User | Group, by: User
) -> None:
    has = collection.grants.filter(group=to) if isinstance(to, Group) else collection.grants.none()
    if not has.filter(permission__gte=permission).exists():
        access_grant(collection=collection, permission=permission, to=to, by=by)


def _take(collection: Collection, by: User) -> None:
    Pin.objects.filter(user=by, collection=collection).delete()  # the last pin is the chosen one
    pin_set(user=by, collection=collection, is_pinned=True)


def _has_documents(collection: Collection, by: User) -> bool:
    return documents_of(Scope.of(by)).filter(collection=collection).exists()
