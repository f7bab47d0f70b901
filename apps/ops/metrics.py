"""What Prometheus reads of an installation: what waits, what is at work, how long answers take."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from apps.core import clock
from apps.core.nodes import node_name
from apps.core.traffic.protocols import OutOfReach
from apps.core.traffic.rooms import room
from apps.core.version import VERSION
from apps.knowledge import changes
from apps.ops import answer_figures
from apps.ops.anomalies.kinds import Severity
from apps.ops.anomalies.selectors import UNSETTLED
from apps.ops.backups.outlook import outlook
from apps.ops.ledger.counters import counters
from apps.ops.models import Anomaly
from apps.ops.process_metrics import process_metrics
from apps.retrieval.models import NodeIndex
from ingest.models import Job, JobState
from ingest.queues import queues

RECENT = timedelta(minutes=5)


def exposition() -> bytes:
    """All figures in Prometheus' text format. The same on every node, but for this node's own lag.

    Source: https://prometheus.io/docs/instrumenting/exposition_formats/
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Installation())
    return generate_latest(registry)


class _Installation(Collector):
    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("clawdbot", "The program.", value={"version": VERSION})
        yield from counters()
        yield from process_metrics()
        yield from _jobs()
        yield from _questions()
        yield _gauge(
            "answer_p95_seconds", "Of the last five minutes.", answer_figures.p95_s(RECENT)
        )
        yield _lag()
        yield from _troubles()


def _jobs() -> Iterator[Metric]:
    """Nothing is left out when there is none: an autoscaler must see zero, not nothing."""
    now = clock.now()
    waiting = _labelled("jobs_waiting", "Jobs that could begin now.", "stage")
    running = _labelled("jobs_running", "Jobs at work.", "stage")
    oldest = _labelled("jobs_oldest_seconds", "How long the first of them waits.", "stage")
    for stage, found in queues(now).items():
        waiting.add_metric([stage], found.waiting)
        running.add_metric([stage], found.running)
        oldest.add_metric([stage], found.oldest_s(now))
    yield from (waiting, running, oldest)


def _questions() -> Iterator[Metric]:
    """None while the store is out of reach: zero would be wrong."""
    try:
        load = room().store.load()
    except OutOfReach:
        return
    yield _gauge("questions_running", "Questions that are being answered.", load.running)
    yield _gauge("questions_waiting", "Questions that wait for a place.", load.waiting)
    yield _gauge("answer_mean_seconds", "An answer takes so long of late.", load.mean_s)


def _lag() -> Metric:
    reached = NodeIndex.objects.filter(node=node_name()).values_list("change_seq", flat=True)
    lag = max(0, changes.latest() - (reached.first() or 0))
    metric = _labelled("index_lag", "Changes that this node's index is behind.", "node")
    metric.add_metric([node_name()], lag)
    return metric


def _troubles() -> Iterator[Metric]:
    """What somebody has to look at."""
    failed = Job.objects.filter(state=JobState.FAILED).count()
    yield _gauge("jobs_failed", "Jobs that failed and were not tried again.", failed)
    open_ones = Anomaly.objects.filter(state__in=UNSETTLED).order_by()
    counts = dict(open_ones.values_list("severity").annotate(Count("id")))
    anomalies = _labelled("anomalies_open", "Anomalies that are not settled.", "severity")
    for severity in Severity:
        anomalies.add_metric([severity.name.lower()], counts.get(severity, 0))
    yield anomalies
    made_at = outlook().made_at
    if made_at is not None:
        age_s = (clock.now() - made_at).total_seconds()
        yield _gauge("backup_age_seconds", "Since the last backup was made.", age_s)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"clawdbot_{name}", text, value=value)


def _labelled(name: str, text: str, label: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"clawdbot_{name}", text, labels=[label])
