"""What this node's index did about deletions, as its indexer reports it; completing receipts."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest

from apps.core import clock
from apps.core.nodes import node_name
from apps.knowledge.models import Erasure, NodeErasure
from apps.retrieval.models import NodeIndex

NODE_GONE_AFTER = timedelta(days=1)


def index_followed(change_seq: int, removed: Mapping[int, int], *, node: str = "") -> None:
    """This node published an index that contains everything up to `change_seq`.

    `removed`: version id -> rows that were live before and are not any more. Safe to repeat.
    `node`: who else holds vectors, a Milvus; empty: this node.
    """
    node = node or node_name()
    waiting = _waiting_for(node, "followed_at")
    found = list(waiting.filter(change_seq__lte=change_seq))
    if removed:  # a delete of many versions may be followed in parts, one delete after the other
        found += waiting.filter(change_seq__gt=change_seq).order_by("change_seq")[:1]
    now = clock.now()
    for erasure in found:
        rows = sum(removed.get(version_id, 0) for version_id in erasure.version_ids)
        with transaction.atomic():
            mine = _mine(erasure, node)
            mine.update(rows=F("rows") + rows)
            if erasure.change_seq <= change_seq:
                mine.update(followed_at=now)


def index_purged(purged_seq: int, segments: int, *, node: str = "") -> None:
    """No file of this node's indexes holds anything of a version retired by `purged_seq` or before.

    `segments`: files that were written anew for it. Completes the receipts that waited for this
    node alone. Safe to repeat. `node`: as in `index_followed`.
    """
    node, now = node or node_name(), clock.now()
    for erasure in _waiting_for(node, "purged_at").filter(change_seq__lte=purged_seq):
        _mine(erasure, node).update(
            segments=Greatest(F("segments"), segments),
            followed_at=Coalesce("followed_at", now),
            purged_at=now,
        )
    complete()


def still_here() -> None:
    """This node's indexer is at work: receipts wait for it, though nothing may have changed.

    Also before its first publish: what it read for it may be deleted meanwhile.
    """
    NodeIndex.objects.update_or_create(node=node_name(), defaults={"updated_at": clock.now()})


def expect_all_nodes(erasure: Erasure) -> None:
    """Enter every node that has an index in the receipt, also one that is away now."""
    known = NodeIndex.objects.values_list("node", flat=True)
    NodeErasure.objects.bulk_create(
        (NodeErasure(erasure=erasure, node=node) for node in known), ignore_conflicts=True
    )


def complete() -> int:
    """Complete the receipts whose purge is through, here and on all nodes alive; returns how many.

    A node that was not seen for NODE_GONE_AFTER holds none up, unless no other is left: it follows
    before it serves, and fills in its part of the receipt then.
    """
    through = Erasure.objects.filter(completed_at=None).exclude(purged_at=None)
    least = nodes_alive().aggregate(least=Min("purged_seq"))["least"]
    if least is None and NodeIndex.objects.exists():
        return 0  # it is the indexer that is down
    if least is not None:
        through = through.filter(change_seq__lte=least)
    return through.update(completed_at=clock.now())


def nodes_alive() -> QuerySet[NodeIndex]:
    """The nodes that receipts wait for."""
    return NodeIndex.objects.filter(updated_at__gte=clock.now() - NODE_GONE_AFTER)


def _waiting_for(node: str, field: str) -> QuerySet[Erasure]:
    """Receipts in which this node has not filled in `field`, and has to."""
    mine = NodeErasure.objects.filter(erasure=OuterRef("pk"), node=node)
    undone = Q(Exists(mine.filter(**{field: None}))) | Q(~Exists(mine), completed_at=None)
    return Erasure.objects.filter(undone).only("version_ids", "change_seq")


def _mine(erasure: Erasure, node: str) -> QuerySet[NodeErasure]:
    mine, _ = NodeErasure.objects.get_or_create(erasure=erasure, node=node)
    return NodeErasure.objects.filter(pk=mine.pk)
