"""Taking a node that will not come back off the books."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Conflict, NotFound
from apps.core.node_records import NodeProcess
from apps.knowledge.models import NodeErasure
from apps.modelhub.models import ModelServer
from apps.ops.nodes.selectors import NodeSeen, NodeState, nodes
from apps.retrieval import receipts, shared_vectors
from apps.retrieval.models import GenerationIndex, NodeIndex

logger = logging.getLogger(__name__)
QUIET_FOR = timedelta(minutes=10)  # of an index that no process speaks for


@dataclass(frozen=True, slots=True)
class Vanished:
    """A node of which nothing is heard any more. `seen_at`: when something was, last."""

    name: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What went with it. `receipts`: deletions that its files were not yet wiped of."""

    name: str
    processes: int
    indexes: int
    models: int
    receipts: int


def vanished_nodes() -> Sequence[Vanished]:
    """Those that can be forgotten, by name: silent ones, and ones of which an index is left."""
    known = nodes()
    now = clock.now()
    found = {node.name: now - _silence(node) for node in known if node.state == NodeState.SILENT}
    indexes = NodeIndex.objects.exclude(node__in=[shared_vectors.NODE, *(n.name for n in known)])
    for index in indexes.filter(updated_at__lt=now - QUIET_FOR):
        found[index.node] = index.updated_at
    return [Vanished(name, found[name]) for name in sorted(found)]


@transaction.atomic
def node_forget(*, name: str, by: User) -> Forgotten:
    """Remove what is known of a vanished node; nobody waits for it any more.

    Receipts of deletions keep naming it where its files were not wiped: its disk still holds them.
    If it comes back all the same it reports itself, wipes its files and is a node like any other.
    Raises NotFound where nothing is known of it, Conflict while it is heard of.
    """
    if name not in {node.name for node in vanished_nodes()}:
        if NodeProcess.objects.filter(node=name).exists():
            raise Conflict(_("%(node)s is heard of. Stop it first.") % {"node": name})
        if name != shared_vectors.NODE and NodeIndex.objects.filter(node=name).exists():
            text = _("%(node)s stopped only just now. Ten minutes after that it can be forgotten.")
            raise Conflict(text % {"node": name})
        raise NotFound(_("There is no node “%(node)s”.") % {"node": name})
    gone = Forgotten(
        name=name,
        processes=NodeProcess.objects.filter(node=name).delete()[0],
        indexes=GenerationIndex.objects.filter(node=name).delete()[0]
        + NodeIndex.objects.filter(node=name).delete()[0],
        models=ModelServer.objects.filter(node=name).delete()[0],
        receipts=NodeErasure.objects.filter(node=name, purged_at=None).count(),
    )
    receipts.complete()
    _record(name, by)
    return gone


def _silence(node: NodeSeen) -> timedelta:
    return timedelta(seconds=min(process.silent_s for process in node.processes))


def _record(name: str, by: User) -> None:
    logger.info("the node %s is forgotten", name)
    LogEntry.objects.create(
        user_id=by.pk,
        content_type=ContentType.objects.get_for_model(NodeIndex),
        object_id=name,
        object_repr=name,
        action_flag=DELETION,
    )
