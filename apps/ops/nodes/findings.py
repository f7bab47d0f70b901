"""What is wrong between nodes that are each well by themselves; commands and pages word it.

Pure: `nodes` are those of selectors.nodes().
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from apps.core.version import minor_of
from apps.ops.nodes.selectors import NodeSeen, NodeState

CLOCK_OFF_S = 5.0  # leases go by the database's clock: what people read is wrong, nothing else
MINORS_APART = 1  # of a rolling upgrade (docs/adr/0032)
ONE_A_NODE = ("indexer", "models")  # a second process of these on another host is another node


class Trouble(StrEnum):
    """Kinds of findings."""

    SILENT = "silent"
    MISSING = "missing"  # a process of a node that answers fell silent
    KEY = "key"
    CLOCK = "clock"
    VERSION = "version"
    TWIN = "twin"
    UNREADY = "unready"


@dataclass(frozen=True, slots=True)
class NodeFinding:
    """Something about one node; `detail`: the figure or the names that belong to it."""

    node: str
    trouble: Trouble
    detail: str = ""

    @property
    def is_bad(self) -> bool:
        """Answers are wrong or missing because of it; else it is worth a look."""
        return self.trouble in {Trouble.SILENT, Trouble.KEY, Trouble.VERSION, Trouble.TWIN}


def node_findings(nodes: Sequence[NodeSeen]) -> Sequence[NodeFinding]:
    """All that can be seen, in the order of Trouble's kinds and of the nodes."""
    found = [
        *_silent(nodes), *_missing(nodes), *_keys(nodes), *_clocks(nodes), *_versions(nodes),
        *_twins(nodes), *_unready(nodes),
    ]  # fmt: skip
    return found


def _silent(nodes: Sequence[NodeSeen]) -> Iterator[NodeFinding]:
    for node in nodes:
        if node.state == NodeState.SILENT:
            silent_s = min(process.silent_s for process in node.processes)
            yield NodeFinding(node.name, Trouble.SILENT, f"{silent_s:.0f}")


def _missing(nodes: Sequence[NodeSeen]) -> Iterator[NodeFinding]:
    for node in nodes:
        alive = {process.kind for process in node.alive}
        gone = {process.kind for process in node.processes} - alive
        if alive and gone:
            yield NodeFinding(node.name, Trouble.MISSING, ", ".join(sorted(gone)))


def _keys(nodes: Sequence[NodeSeen]) -> Iterator[NodeFinding]:
    """Those that differ from most."""
    keys = {node.name: {process.key_fingerprint for process in node.alive} for node in nodes}
    counted = Counter(key for found in keys.values() for key in found)
    usual = max(sorted(counted), key=lambda key: counted[key], default="")
    for name, found in keys.items():
        if found - {usual}:
            yield NodeFinding(name, Trouble.KEY)


def _clocks(nodes: Sequence[NodeSeen]) -> Iterator[NodeFinding]:
    for node in nodes:
        if abs(node.clock_offset_s) > CLOCK_OFF_S:
            yield NodeFinding(node.name, Trouble.CLOCK, f"{node.clock_offset_s:+.0f}")


def _versions(nodes: Sequence[NodeSeen]) -> Iterator[NodeFinding]:
    """Those that are too old for the newest."""
    alive = [(node, minor_of(version)) for node in nodes if node.alive for version in node.versions]
    newest = max((minor for _, minor in alive), default=(0, 0))
    for node, (major, minor) in alive:
        if major != newest[0] or newest[1] - minor > MINORS_APART:
            yield NodeFinding(node.name, Trouble.VERSION, ", ".join(node.versions))


def _twins(nodes: Sequence[NodeSeen]) -> Iterator[NodeFinding]:
    """Two machines that took the same name: each writes over what the other says of its index."""
    for node in nodes:
        hosts = defaultdict[str, set[str]](set)
        for process in node.alive:
            hosts[process.kind].add(process.host)
        twins = {host for kind in ONE_A_NODE if len(hosts[kind]) > 1 for host in hosts[kind]}
        if twins:
            yield NodeFinding(node.name, Trouble.TWIN, ", ".join(sorted(twins)))


def _unready(nodes: Sequence[NodeSeen]) -> Iterator[NodeFinding]:
    for node in nodes:
        if node.state == NodeState.UNREADY:
            yield NodeFinding(node.name, Trouble.UNREADY, node.reason)
