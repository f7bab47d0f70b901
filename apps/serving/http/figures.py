"""What /metrics tells, in Prometheus' text format."""

import time
from collections.abc import Callable, Iterator

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from apps.serving.protocols import Finished, ServerStatus

disable_created_metrics()  # type: ignore[no-untyped-call]
_PREFIX = "clawdbot_model"
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300)
_RATES = (1, 2, 5, 10, 20, 40, 80, 160, 320)


class _Status(Collector):
    """The batcher's own figures, read when somebody asks."""

    def __init__(self, status: Callable[[], ServerStatus | None]) -> None:
        self._status = status

    def collect(self) -> Iterator[Metric]:
        status = self._status()
        if status is None:
            return
        yield GaugeMetricFamily(f"{_PREFIX}_running", "Sequences at work.", value=status.running)
        yield GaugeMetricFamily(f"{_PREFIX}_waiting", "Requests that wait.", value=status.waiting)
        yield GaugeMetricFamily(f"{_PREFIX}_parallel", "Sequences that fit.", value=status.parallel)
        for name, value in status.counters.items():
            yield CounterMetricFamily(f"{_PREFIX}_{name}", "Counted by the batcher.", value=value)


class Figures:
    """Counts requests and their times. Thread-safe."""

    def __init__(self, status: Callable[[], ServerStatus | None]) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=self._registry)
        self._registry.register(_Status(status))
        self._requests = Counter(
            f"{_PREFIX}_requests", "Requests by how they ended.", ["outcome"],
            registry=self._registry,
        )  # fmt: skip
        self._first_token = Histogram(
            f"{_PREFIX}_first_token_seconds", "From the request to its first text.",
            buckets=_SECONDS, registry=self._registry,
        )  # fmt: skip
        self._rate = Histogram(
            f"{_PREFIX}_tokens_per_second", "Of one answer, its prompt and waiting left out.",
            buckets=_RATES, registry=self._registry,
        )  # fmt: skip

    def count(self, outcome: str) -> None:
        """A request ended."""
        self._requests.labels(outcome).inc()

    def first_text(self, since: float) -> None:
        """The first text of a request that came at `since` (time.monotonic)."""
        self._first_token.observe(time.monotonic() - since)

    def finished(self, event: Finished) -> None:
        """An answer ended."""
        self.count(event.reason)
        writing_s = event.total_s - event.queued_s - event.prompt_s
        if event.completion_tokens > 1 and writing_s > 0:
            self._rate.observe(event.completion_tokens / writing_s)

    def text(self) -> bytes:
        """All of it."""
        return generate_latest(self._registry)
