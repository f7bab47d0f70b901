"""Who is there: the nodes with their processes, as they reported themselves."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any

from django.db import connection

from apps.core import clock
from apps.core.node_records import NodeProcess
from apps.knowledge import changes
from apps.retrieval.models import NodeIndex

SILENT_AFTER = timedelta(seconds=15)  # a process reports every two seconds
SQLITE_SILENT_AFTER = timedelta(minutes=1)  # every five, and a long writer keeps it waiting


class NodeState(StrEnum):
    """A node in one word, by what its living processes say."""

    READY = "ready"  # a web server of it answers questions
    UNREADY = "unready"  # none does; `reason` says why
    STARTING = "starting"
    DRAINING = "draining"  # it is told to stop, and ends what is under way
    WORKING = "working"  # it has no web server
    SILENT = "silent"  # nothing of it is heard of


@dataclass(frozen=True, slots=True)
class ProcessSeen:
    """A process; `silent_s`: seconds since its last report, by the database's clock."""

    kind: str
    host: str
    pid: int
    state: str
    reason: str
    version: str
    started_at: datetime
    silent_s: float
    is_silent: bool
    migrations: int
    key_fingerprint: str
    clock_offset_s: float
    figures: Mapping[str, Any]
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NodeSeen:
    """A node. `lag`: committed changes that its index lacks; None: it has no index here."""

    name: str
    state: NodeState
    reason: str
    versions: Sequence[str]
    generation: int
    change_seq: int
    lag: int | None
    processes: Sequence[ProcessSeen]

    @property
    def alive(self) -> Sequence[ProcessSeen]:
        """Its processes that are heard of."""
        return [process for process in self.processes if not process.is_silent]

    @property
    def roles(self) -> Mapping[str, int]:
        """What it does: kinds of its living processes, each with how many there are."""
        return dict(sorted(Counter(process.kind for process in self.alive).items()))

    @property
    def load(self) -> float:
        """Of its busiest machine; 1: all its cores."""
        return self._most("load")

    @property
    def requests(self) -> int:
        """That its web servers answer now."""
        return int(self._sum("requests"))

    @property
    def memory_bytes(self) -> int:
        """Of its processes; without those of models, which tell for themselves."""
        return int(self._sum("memory_bytes"))

    @property
    def clock_offset_s(self) -> float:
        """By how much its clock is ahead of the installation's."""
        return max((process.clock_offset_s for process in self.alive), key=abs, default=0.0)

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return asdict(self) | {
            "state": str(self.state),
            "roles": self.roles,
            "load": self.load,
            "requests": self.requests,
            "memory_bytes": self.memory_bytes,
            "clock_offset_s": self.clock_offset_s,
        }

    def _sum(self, figure: str) -> float:
        return float(sum(process.figures.get(figure, 0) for process in self.alive))

    def _most(self, figure: str) -> float:
        return float(max((process.figures.get(figure, 0) for process in self.alive), default=0))


def nodes() -> Sequence[NodeSeen]:
    """All nodes that reported themselves of late, by name. Three queries."""
    now, latest = clock.now(), changes.latest()
    indexes = {index.node: index for index in NodeIndex.objects.all()}
    rows = NodeProcess.objects.order_by("node", "kind", "host", "pid")
    return [
        _node(name, [_process(row, now) for row in found], indexes.get(name), latest)
        for name, found in groupby(rows, key=lambda row: row.node)
    ]


def _process(row: NodeProcess, now: datetime) -> ProcessSeen:
    silent = now - row.seen_at
    return ProcessSeen(
        kind=row.kind,
        host=row.host,
        pid=row.pid,
        state=row.state,
        reason=row.reason,
        version=row.version,
        started_at=row.started_at,
        silent_s=max(0.0, round(silent.total_seconds(), 1)),
        is_silent=silent > silent_after(),
        migrations=row.migrations,
        key_fingerprint=row.key_fingerprint,
        clock_offset_s=row.clock_offset_s,
        figures=row.figures,
        facts=row.facts,
    )


def silent_after() -> timedelta:
    """For how long a process may not report before it counts as silent."""
    return SQLITE_SILENT_AFTER if connection.vendor == "sqlite" else SILENT_AFTER


def _node(
    name: str, processes: Sequence[ProcessSeen], index: NodeIndex | None, latest: int
) -> NodeSeen:
    state, reason = _state(processes)
    alive = [process for process in processes if not process.is_silent] or processes
    return NodeSeen(
        name=name,
        state=state,
        reason=reason,
        versions=sorted({process.version for process in alive}),
        generation=index.generation if index else 0,
        change_seq=index.change_seq if index else 0,
        lag=max(0, latest - index.change_seq) if index else None,
        processes=processes,
    )


def _state(processes: Sequence[ProcessSeen]) -> tuple[NodeState, str]:
    alive = [process for process in processes if not process.is_silent]
    web = [process for process in alive if process.kind == "web"]
    if not alive:
        return NodeState.SILENT, ""
    if not web:
        return NodeState.WORKING, ""
    for state in NodeProcess.State.READY, NodeProcess.State.DRAINING, NodeProcess.State.UNREADY:
        for process in web:
            if process.state == state:
                return NodeState(str(state)), process.reason
    return NodeState.STARTING, web[0].reason
