"""What the ledger tells of a month: how much was asked, when, what became of it, how fast."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from apps.core import clock
from apps.core.metering import Kind, Outcome, Stage, Surface
from apps.generation.models import Feedback
from apps.ops.ledger import selectors
from apps.ops.ledger.selectors import GaugeSeries, Series, Totals, Window
from apps.ops.ledger.windows import HOUR_S, KEPT
from apps.ops.ledger_records import LedgerGauge, Level, RequestRecord
from apps.ops.reports.figures import DayFigures, Machine, Outcomes, Speed
from apps.ops.reports.months import Month

ASK = str(Kind.ASK)
OF_PEOPLE = (Kind.ASK, Kind.SEARCH, Kind.CHAT)


def outcomes(found: Totals) -> Outcomes:
    """Of these requests."""
    return Outcomes(
        asked=found.asked,
        answered=found.answered,
        not_found=found.not_found,
        refused=found.refused,
        denied=found.denied,
        failed=found.failed,
        cancelled=found.cancelled,
        up=found.up,
        down=found.down,
    )


def speed(found: Totals) -> Speed:
    """Of these requests."""
    took = found.total
    return Speed(took.mean_ms, took.p50_ms, took.p95_ms, took.p99_ms)


def stages(found: Totals) -> dict[str, float]:
    """Mean milliseconds of the stages that ran, in their order; spread over all that was served.

    A stage that half of the questions need counts half.
    """
    count = found.total.count
    means = {str(stage): found.stages[stage] for stage in Stage}
    return {
        name: one.mean_ms * one.count / count
        for name, one in means.items()
        if one.mean_ms is not None and count
    }


def days(series: Series) -> list[DayFigures]:
    """Each day's questions."""
    return [
        DayFigures(
            day=timezone.localdate(step.start, timezone.get_default_timezone()),
            answered=step.figures.answered,
            not_found=step.figures.not_found,
            other=step.figures.asked - step.figures.answered - step.figures.not_found,
            p50_ms=step.figures.total.p50_ms,
            p95_ms=step.figures.total.p95_ms,
        )
        for step in series.steps
    ]


def hours(month: Month) -> list[list[int]]:
    """Questions by weekday, Monday first, and hour; empty when the hours are no longer kept."""
    begins, ends = month.ends()
    if clock.now() - begins > KEPT[Level.HOUR]:
        return []
    count = int((ends - begins).total_seconds()) // HOUR_S
    starts = [begins + timedelta(hours=n) for n in range(count)]
    found = selectors.series(Window("", Level.HOUR, starts, ends, HOUR_S), kind=ASK)
    grid = [[0] * 24 for _ in range(7)]
    for step in found.steps:
        at = step.start.astimezone(timezone.get_default_timezone())
        grid[at.weekday()][at.hour] += step.figures.asked
    return grid


def surfaces(window: Window) -> dict[str, int]:
    """Questions by where they were asked, those with any, most first."""
    asked = {str(one): selectors.totals(window, surface=one, kind=ASK).asked for one in Surface}
    return _most_first(asked)


def kinds(window: Window) -> dict[str, int]:
    """Requests by what was wanted, those with any, most first."""
    return _most_first({str(one): selectors.totals(window, kind=one).asked for one in Kind})


def tokens(window: Window) -> tuple[int, int]:
    """What language models read and wrote."""
    found = selectors.totals(window)
    return found.tokens_in, found.tokens_out


def people(window: Window) -> int | None:
    """How many different people asked, searched or talked, as far as single requests are kept.

    None where none is kept any more.
    """
    found = RequestRecord.objects.filter(
        at__gte=window.since, at__lt=window.until, user_id__isnull=False, kind__in=OF_PEOPLE
    ).exclude(outcome=Outcome.DENIED)
    count = int(found.aggregate(n=Count("user_id", distinct=True))["n"])
    return count if count or window.until > clock.now() - KEPT[Level.HOUR] else None


def unmodelled(month: Month, found: Totals) -> int:
    """How many questions were answered or not found without a language model.

    Counted in the single requests; where only some are kept, their share is taken for all.
    """
    begins, ends = month.ends()
    kept = RequestRecord.objects.filter(
        at__gte=begins, at__lt=ends, kind=ASK, outcome__in=[Outcome.ANSWERED, Outcome.NOT_FOUND]
    )
    ended, all_kept = found.answered + found.not_found, kept.count()
    without = kept.filter(tokens_in=0, tokens_out=0).count()
    return round(ended * without / all_kept) if all_kept else 0


def reasons(month: Month) -> dict[str, int]:
    """Why answers of the month were not helpful, as people said; most first."""
    begins, ends = month.ends()
    rows = Feedback.objects.filter(
        trace__created_at__gte=begins, trace__created_at__lt=ends, verdict=Feedback.Verdict.DOWN
    )
    counted = rows.exclude(reason="").order_by().values_list("reason").annotate(Count("id"))
    return _most_first(dict(counted))


def machines(window: Window) -> list[Machine]:
    """The machine of each node."""
    found = selectors.resources(window)
    return [_machine(one) for one in found if one.of == LedgerGauge.Of.MACHINE and one.points]


def _machine(gauge: GaugeSeries) -> Machine:
    points = gauge.points
    mean = [point.mean for point in points]
    most, least = [point.most for point in points], [point.least for point in points]
    return Machine(
        node=gauge.node,
        load_mean=_average(mean, "load"),
        load_most=_of(max, most, "load"),
        memory_most_bytes=_of(max, most, "memory_bytes"),
        memory_total_bytes=_of(max, most, "memory_total_bytes"),
        gpu_mean=_average(mean, "gpu"),
        disk_free_bytes=_of(min, least, "disk_free_bytes"),
        disk_total_bytes=_of(max, most, "disk_total_bytes"),
    )


def _average(points: Sequence[Mapping[str, float]], name: str) -> float | None:
    values = [point[name] for point in points if name in point]
    return sum(values) / len(values) if values else None


def _of(
    which: Callable[[Iterable[float]], float], points: Sequence[Mapping[str, float]], name: str
) -> float | None:
    values = [point[name] for point in points if name in point]
    return which(values) if values else None


def _most_first(counts: Mapping[str, int]) -> dict[str, int]:
    there = [(name, count) for name, count in counts.items() if count]
    return dict(sorted(there, key=lambda pair: (-pair[1], pair[0])))
