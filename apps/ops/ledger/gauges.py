"""What is measured once a minute: processes, machines, queues of ingest, indexes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count

from apps.core import clock
from apps.knowledge import changes
from apps.ops.ledger.windows import start_of
from apps.ops.ledger_records import LedgerGauge, Level
from apps.ops.nodes.selectors import NodeSeen, nodes
from apps.retrieval.models import NodeIndex
from apps.serving import gpus
from ingest.models import Job, JobState
from ingest.queues import WORKED, queues

LEVELS = (Level.MINUTE, Level.QUARTER, Level.HOUR, Level.SHIFT, Level.DAY)
MACHINE = {  # as a process reports it: as it is called here
    "load": "load",
    "machine_memory_bytes": "memory_bytes",
    "machine_memory_total_bytes": "memory_total_bytes",
    "disk_free_bytes": "disk_free_bytes",
    "disk_total_bytes": "disk_total_bytes",
    "gpu": "gpu",
    "gpu_memory_bytes": "gpu_memory_bytes",
    "gpu_memory_total_bytes": "gpu_memory_total_bytes",
}
Of = LedgerGauge.Of


@dataclass(frozen=True, slots=True)
class Sample:
    """What was measured of one thing."""

    of: LedgerGauge.Of
    node: str
    name: str
    figures: Mapping[str, float]


def sample() -> int:
    """Measure this minute, unless it is done; returns how many things. Safe to repeat."""
    now = clock.now()
    minute = start_of(Level.MINUTE, now)
    if LedgerGauge.objects.filter(level=Level.MINUTE, start=minute).exists():
        return 0
    found = [*_of_nodes(nodes()), *_of_queues(now), *_of_indexes()]
    with transaction.atomic():
        for level in LEVELS:
            _add(level, start_of(level, minute), found)
    return len(found)


def gpu_figures() -> Mapping[str, float]:
    """What a process reports of the machine's GPUs; nothing without any."""
    found = gpus.found()
    if not found:
        return {}
    total = sum(one.total_bytes for one in found)
    return {
        "gpu": gpus.use(),
        "gpu_memory_bytes": total - sum(one.free_bytes for one in found),
        "gpu_memory_total_bytes": total,
    }


def _of_nodes(found: Sequence[NodeSeen]) -> Iterator[Sample]:
    for node in found:
        sums: defaultdict[str, dict[str, float]] = defaultdict(
            lambda: {"cpu": 0.0, "memory_bytes": 0.0, "processes": 0}
        )
        for process in node.alive:
            mine = sums[process.kind]
            mine["cpu"] += process.figures.get("cpu", 0.0)
            mine["memory_bytes"] += process.figures.get("memory_bytes", 0)
            mine["processes"] += 1
        for kind, figures in sorted(sums.items()):
            yield Sample(Of.PROCESS, node.name, kind, figures)
        if machine := _machine(node):
            yield Sample(Of.MACHINE, node.name, "", machine)


def _machine(node: NodeSeen) -> dict[str, float]:
    """As its processes see it; of the disk the fullest, where they see different ones."""
    told: dict[str, float] = {}
    for reported, name in MACHINE.items():
        seen = [one.figures[reported] for one in node.alive if reported in one.figures]
        if seen:
            told[name] = min(seen) if name == "disk_free_bytes" else max(seen)
    return told


def _of_queues(now: datetime) -> Iterator[Sample]:
    found = queues(now)
    for stage in WORKED:
        queue = found[stage]
        figures = {
            "waiting": queue.waiting,
            "running": queue.running,
            "oldest_s": queue.oldest_s(now),
        }
        yield Sample(Of.QUEUE, "", stage, figures)
    minute = start_of(Level.MINUTE, now)
    ended = Job.objects.filter(finished_at__gte=minute - timedelta(minutes=1)).order_by()
    counts = dict(ended.filter(finished_at__lt=minute).values_list("state").annotate(Count("id")))
    rates = {"done_per_hour": JobState.DONE, "failed_per_hour": JobState.FAILED}
    figures = {name: 60.0 * counts.get(state, 0) for name, state in rates.items()}
    yield Sample(Of.QUEUE, "", "all", figures)


def _of_indexes() -> Iterator[Sample]:
    latest = changes.latest()
    for index in NodeIndex.objects.order_by("node"):
        lag = max(0, latest - index.change_seq)
        yield Sample(Of.INDEX, index.node, "", {"lag": lag, "generation": index.generation})


def _add(level: Level, start: datetime, samples: Iterable[Sample]) -> None:
    there = {
        (row.of, row.node, row.name): row
        for row in LedgerGauge.objects.filter(level=level, start=start)
    }
    rows = [_row(level, start, one, there.get((one.of, one.node, one.name))) for one in samples]
    LedgerGauge.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["level", "start", "of", "node", "name"],
        update_fields=["samples", "figures"],
    )


def _row(level: Level, start: datetime, one: Sample, there: LedgerGauge | None) -> LedgerGauge:
    figures = dict(there.figures) if there else {}
    for name, value in one.figures.items():
        total, least, most, count = figures.get(name, (0.0, value, value, 0))
        figures[name] = [
            round(total + value, 3), round(min(least, value), 3), round(max(most, value), 3),
            count + 1,
        ]  # fmt: skip
    return LedgerGauge(
        level=level,
        start=start,
        of=one.of,
        node=one.node,
        name=one.name,
        samples=(there.samples if there else 0) + 1,
        figures=figures,
    )
