"""A receipt as people and machines read it: what went, where, when, and what it waits for."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from apps.knowledge.models import Erasure, NodeErasure
from apps.retrieval.models import NodeIndex
from apps.retrieval.receipts import nodes_alive

HIDDEN, PURGING, AWAY, COMPLETE = "hidden", "purging", "away", "complete"
UNSEALED = frozenset({"sha256", "waiting_for"})


def receipt_of(erasure: Erasure) -> dict[str, Any]:
    """The receipt, ready for JSON. `sha256` is `fingerprint` of the rest. Three queries."""
    nodes = list(erasure.nodes.all())
    by = erasure.requested_by
    receipt: dict[str, Any] = {
        "id": str(erasure.uuid),
        "target": erasure.target,
        "target_id": str(erasure.target_uuid),
        "requested_by": by.get_username() if by else None,
        "requested_at": _time(erasure.created_at),
        "hidden_at": _time(erasure.created_at),  # by the commit that made the receipt
        "state": state_of(erasure, nodes),
        "versions": len(erasure.version_ids),
        "counts": dict(erasure.counts),
        "purged_at": _time(erasure.purged_at),
        "nodes": [_node(one) for one in nodes],
        "waiting_for": waiting_for(erasure, nodes),
        "completed_at": _time(erasure.completed_at),
        "created_at": _time(erasure.created_at),
    }
    return receipt | {"sha256": fingerprint(receipt)}


def fingerprint(receipt: dict[str, Any]) -> str:
    """SHA-256 of the receipt's JSON (UTF-8, keys sorted, no spaces), without `sha256` itself and
    `waiting_for`: those words are of the reader's language and of the minute."""
    content = {name: value for name, value in receipt.items() if name not in UNSEALED}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def state_of(erasure: Erasure, nodes: list[NodeErasure]) -> str:
    """hidden (nothing shows it), purging (bytes are going), complete (no copy is left).

    away: complete but for a node that was not seen for a day and follows when it comes back.
    """
    if erasure.completed_at:
        return COMPLETE if all(one.purged_at for one in nodes) else AWAY
    return PURGING if erasure.counts else HIDDEN


def waiting_for(erasure: Erasure, nodes: list[NodeErasure]) -> list[str]:
    """What is still to happen, in words, for people who wonder."""
    missing = [one.node for one in nodes if one.purged_at is None]
    seen = dict(NodeIndex.objects.filter(node__in=missing).values_list("node", "updated_at"))
    alive = set(nodes_alive().filter(node__in=missing).values_list("node", flat=True))
    waiting = [] if erasure.purged_at else [_("the database and the storage: being purged")]
    for node in missing:
        values = {"node": node, "ago": timesince(seen[node]) if node in seen else ""}
        if node in alive:
            waiting.append(_("node %(node)s: last seen %(ago)s ago") % values)
        else:
            waiting.append(
                _("node %(node)s is away: its files are purged when it comes back") % values
            )
    return waiting


def _node(one: NodeErasure) -> dict[str, Any]:
    return {
        "node": one.node,
        "rows": one.rows,
        "segments": one.segments,
        "followed_at": _time(one.followed_at),
        "purged_at": _time(one.purged_at),
    }


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(timezone.get_default_timezone()).isoformat() if moment else None
