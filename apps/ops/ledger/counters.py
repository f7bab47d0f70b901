"""The ledger's figures for Prometheus: what came to this node since its first request.

They are rows of the ledger and nothing else counts: no figure differs from what the dashboard tells
or is lost when a process ends, and it does not matter which process is asked.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric

from apps.core.metering import Kind, Outcome
from apps.core.nodes import node_name
from apps.ops.ledger.counting import ENCODING
from apps.ops.ledger.figures import PER_DECADE, TIMES, TOTAL, Figures, Histogram, bound_ms
from apps.ops.ledger_records import LedgerRollup, Level

# Every eighth bound: three to a factor of ten, from 1 ms to 464 s.
BOUNDS = range(PER_DECADE, PER_DECADE * 6 + 17, PER_DECADE // 3)
TOKENS = {"read": "tokens_in", "cached": "tokens_cached", "written": "tokens_out"}
VERDICTS = ("up", "down")
Place = tuple[str, str]  # surface, kind


def counters() -> Iterator[Metric]:
    """Counters and histograms of this node's requests. One query."""
    by_place = _by_place()
    yield _requests(by_place)
    yield _seconds(by_place)
    yield _stages(by_place)
    sums = Figures()
    for figures in by_place.values():
        sums.add(figures)
    tokens = CounterMetricFamily(
        "clawdbot_tokens", "Tokens of language models.", labels=["direction"]
    )
    for direction, name in TOKENS.items():
        tokens.add_metric([direction], sums.counts.get(name, 0))
    yield tokens
    yield _encoded(by_place)
    verdicts = GaugeMetricFamily(
        "clawdbot_verdicts", "Thumbs given to answers and not taken back.", labels=["verdict"]
    )
    for name in VERDICTS:
        verdicts.add_metric([name], sums.counts.get(name, 0))
    yield verdicts
    yield CounterMetricFamily(
        "clawdbot_requests_lost",
        "Requests that could not be written into the ledger; no other figure has them.",
        value=sums.counts.get("lost", 0),
    )


def _by_place() -> Mapping[Place, Figures]:
    """Rolled up, and what is not yet."""
    levels = [Level.EVER, Level.PENDING]
    rows = LedgerRollup.objects.filter(level__in=levels, node=node_name())
    found: defaultdict[Place, Figures] = defaultdict(Figures)
    for surface, kind, figures in rows.values_list("surface", "kind", "figures"):
        found[surface, kind].add_json(figures)
    return dict(sorted(found.items()))


def _requests(by_place: Mapping[Place, Figures]) -> Metric:
    requests = CounterMetricFamily(
        "clawdbot_requests",
        "Requests to use-cases, and what became of them.",
        labels=["surface", "kind", "outcome"],
    )
    for place, figures in by_place.items():
        for outcome in Outcome:
            requests.add_metric([*place, outcome], figures.counts.get(outcome, 0))
    return requests


def _encoded(by_place: Mapping[Place, Figures]) -> Metric:
    encoded = CounterMetricFamily(
        "clawdbot_encoder_tokens",
        "Tokens that embedding models and rerankers read for programs.",
        labels=["kind"],
    )
    sums = dict.fromkeys(sorted(ENCODING), 0)
    for (_, kind), figures in by_place.items():
        if kind in ENCODING:
            sums[Kind(kind)] += figures.counts.get("tokens_encoded", 0)
    for kind, count in sums.items():
        encoded.add_metric([kind], count)
    return encoded


def _seconds(by_place: Mapping[Place, Figures]) -> Metric:
    seconds = HistogramMetricFamily(
        "clawdbot_request_seconds",
        "How long requests took that were served (answered, not_found, done).",
        labels=["surface", "kind"],
    )
    for place, figures in by_place.items():
        _add(seconds, [*place], figures.times.get(TOTAL, Histogram()))
    return seconds


def _stages(by_place: Mapping[Place, Figures]) -> Metric:
    stages = HistogramMetricFamily(
        "clawdbot_stage_seconds",
        "How long the stages of served requests took, and the way to the first token.",
        labels=["kind", "stage"],
    )
    sums: defaultdict[tuple[str, str], Histogram] = defaultdict(Histogram)
    for (_, kind), figures in by_place.items():
        for stage, histogram in figures.times.items():
            sums[kind, stage].add(histogram.sum_ms, histogram.counts.items())
    for (kind, stage), histogram in sorted(sums.items()):
        if stage in TIMES and stage != TOTAL:
            _add(stages, [kind, stage], histogram)
    return stages


def _add(family: HistogramMetricFamily, labels: list[str], histogram: Histogram) -> None:
    buckets = []
    for bound in BOUNDS:
        within = sum(count for number, count in histogram.counts.items() if number <= bound)
        buckets.append((f"{bound_ms(bound) / 1000:.4g}", within))
    family.add_metric(
        labels, [*buckets, ("+Inf", histogram.count)], sum_value=histogram.sum_ms / 1000
    )
