"""What was measured of processes, machines, queues and indexes, step by step."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from apps.ops.ledger.shapes import GaugePoint, GaugeSeries
from apps.ops.ledger.windows import Window
from apps.ops.ledger_records import LedgerGauge

Measured = Mapping[str, Sequence[float]]


def resources(window: Window) -> list[GaugeSeries]:
    """Processes, machines and indexes of all nodes, by node and name. One query."""
    of = LedgerGauge.Of
    return _gauges(window, [of.PROCESS, of.MACHINE, of.INDEX])


def queues(window: Window) -> list[GaugeSeries]:
    """The queues of ingest, by stage. One query."""
    return _gauges(window, [LedgerGauge.Of.QUEUE])


def _gauges(window: Window, of: Sequence[str]) -> list[GaugeSeries]:
    found: defaultdict[tuple[str, str, str], dict[int, Measured]] = defaultdict(dict)
    kept = LedgerGauge.objects.filter(
        level=window.level, of__in=of, start__gte=window.since, start__lt=window.until
    )
    for key, name, node, start, figures in kept.order_by().values_list(
        "of", "name", "node", "start", "figures"
    ):
        steps, at = found[key, node, name], window.step_of(start)
        steps[at] = _joined(steps[at], figures) if at in steps else figures
    return [
        GaugeSeries(*key, [_point(window.starts[at], one) for at, one in sorted(steps.items())])
        for key, steps in sorted(found.items())
    ]


def _joined(one: Measured, other: Measured) -> Measured:
    """Both together: of each figure the sum, the least, the most, how often it was measured."""
    told = dict(one)
    for name, (total, least, most, count) in other.items():
        before = told.get(name, (0.0, least, most, 0))
        told[name] = (
            before[0] + total, min(before[1], least), max(before[2], most), before[3] + count
        )  # fmt: skip
    return told


def _point(start: datetime, figures: Measured) -> GaugePoint:
    return GaugePoint(
        start,
        mean={name: total / max(1, count) for name, (total, _, _, count) in figures.items()},
        least={name: least for name, (_, least, _, _) in figures.items()},
        most={name: most for name, (_, _, most, _) in figures.items()},
    )
