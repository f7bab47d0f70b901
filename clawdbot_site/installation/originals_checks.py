"""What `clawdbot doctor` looks at of originals: one place, the right one, for all nodes."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from apps.core import config
from apps.core.errors import Retryable
from apps.knowledge import blob_places
from apps.knowledge.blob_stores.folder import FolderStore
from apps.knowledge.blob_stores.protocol import BlobStore, PlaceAway
from apps.ops.nodes.selectors import NodeSeen, NodeState, nodes
from clawdbot_site.installation.findings import Finding

ELSEWHERE = (
    "Mount there what the other nodes have, or set storage.originals as they do. If this is the "
    "right place (copied by hand): clawdbot originals adopt"
)
AWAY = "See storage.originals and, for s3://, storage.s3_endpoint and its keys."
ONE_PLACE = (
    "Set storage.originals on all nodes to one place: a folder that all have mounted, database, or "
    "s3://bucket/prefix. What lies here moves there: docs/operations.md, “Originals”."
)
REDIS = "Set broker.url on all nodes to one Redis: jobs are heard and limits held across nodes."


def originals_findings() -> Iterator[Finding]:
    """Where originals lie, then what else keeps several nodes from being one installation."""
    first, second = blob_places.places()
    yield _place(first)
    if second is not None:
        remedy = "Then: clawdbot originals move, and remove the key once nothing is left."
        yield Finding("originals", f"looked for in {second.address}, too", remedy)
    yield from _left_behind(first, second)
    yield from _several_nodes()


def _place(place: BlobStore) -> Finding:
    try:
        blob_places.required()
        place.size_of("0" * 64)
    except PlaceAway as problem:
        return Finding("originals", f"{place.address}: {problem.reason}", AWAY)
    except Retryable:
        seen = f"{place.address} is not the place that the database knows"
        return Finding("originals", seen, ELSEWHERE)
    return Finding("originals", place.address)


def _left_behind(first: BlobStore, second: BlobStore | None) -> Iterator[Finding]:
    """The usual folder holds some, and nobody looks there: the key was set too early."""
    usual = config.load().data_dir / "blobs"
    looked_at = {place.address for place in (first, second) if place is not None}
    if str(usual) in looked_at or not _holds_some(usual):
        return
    yield Finding(
        "originals",
        f"some lie in {usual}, which is not looked at",
        f"Set storage.originals_also: {usual}, restart, then: clawdbot originals move",
    )


def _holds_some(folder: Path) -> bool:
    store = FolderStore(folder)
    return any(any(store.names(f"{number:02x}")) for number in range(256))


def _several_nodes() -> Iterator[Finding]:
    settings = config.load()
    alive = [node for node in nodes() if node.state != NodeState.SILENT]
    if len(alive) < 2:
        return
    for name in _apart(alive):
        yield Finding("originals", f"{name} looks for them elsewhere", ONE_PLACE)
    if not settings.storage.originals:
        yield Finding("originals", f"{len(alive)} nodes, each with its own folder", ONE_PLACE)
    if settings.broker.url == "filesystem":
        yield Finding("broker", f"{len(alive)} nodes, each with its own", REDIS)


def _apart(alive: Sequence[NodeSeen]) -> Iterator[str]:
    """Nodes that have no place in common with this one."""
    mine = set(blob_places.identities())
    for node in alive:
        told = [process.facts.get("originals") for process in node.alive]
        if any(one is not None and mine.isdisjoint(one) for one in told):
            yield node.name
