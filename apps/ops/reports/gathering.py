"""Gathers what a report tells of a month, from the ledger and from what is kept of questions."""

from datetime import date
from urllib.parse import urlsplit

from django.db.models import Count, Q
from django.utils import timezone

from apps.core import config, measured
from apps.core.nodes import node_name
from apps.core.version import VERSION
from apps.knowledge.models import Collection, Document
from apps.ops.ledger import selectors
from apps.ops.reports import questions, spending, usage
from apps.ops.reports.figures import (
    CollectionFigures,
    DayFigures,
    Knowledge,
    Measure,
    ReportFigures,
)
from apps.ops.reports.months import Month
from apps.ops.reports.questions import Topics
from ingest.holdings import holdings_of
from ingest.models import Job, JobState

COLLECTIONS = 12


def gathered(month: Month) -> ReportFigures:
    """The figures of the month, as far as it has come. Reads; takes seconds, not a page's time."""
    window, last = month.window(), month.compared()
    days = usage.days(selectors.series(window, kind=usage.ASK))
    asked = selectors.totals(window, kind=usage.ASK)
    earlier = selectors.totals(last, kind=usage.ASK)
    found, before = usage.outcomes(asked), usage.outcomes(earlier) if earlier.asked else None
    people, tokens = usage.people(window), usage.tokens(window)
    top, missing = _topics(month)
    return ReportFigures(
        month=month.first,
        until=month.until,
        time_zone=timezone.get_default_timezone_name(),
        installation=_installation(),
        program=VERSION,
        questions=found,
        before=before,
        speed=usage.speed(asked),
        speed_before=usage.speed(earlier) if before else None,
        stages=usage.stages(asked),
        days=days,
        hours=usage.hours(month),
        surfaces=usage.surfaces(window),
        kinds=usage.kinds(window),
        people=people,
        people_before=usage.people(last) if before else None,
        tokens_in=tokens[0],
        tokens_out=tokens[1],
        reasons=usage.reasons(month),
        knowledge=_knowledge(month),
        machines=usage.machines(window),
        costs=spending.costs_of(
            found,
            tokens,
            unmodelled=usage.unmodelled(month, asked),
            people=people,
            span=spending.covered(month, _first_asked(days), is_first=before is None),
        ),
        top=top,
        missing=missing,
        measures=_measures(month),
    )


def _installation() -> str:
    """As people call it: the host of its address, else the node's name."""
    return urlsplit(config.load().service.public_url).hostname or node_name()


def _first_asked(days: list[DayFigures]) -> date | None:
    return next((one.day for one in days if one.asked), None)


def _topics(month: Month) -> tuple[Topics | None, Topics | None]:
    if not config.load().reports.questions:
        return None, None
    return questions.top_topics(*month.ends()), questions.open_topics(*month.ends())


def _knowledge(month: Month) -> Knowledge:
    begins, ends = month.ends()
    there = Document.objects.filter(deleted_at=None, collection__deleted_at=None)
    came = Q(created_at__gte=begins, created_at__lt=ends)
    holdings = holdings_of(there)
    rows = (
        Collection.objects.filter(deleted_at=None)
        .annotate(
            n=Count("documents", filter=Q(documents__deleted_at=None)),
            came=Count(
                "documents",
                filter=Q(
                    documents__deleted_at=None,
                    documents__created_at__gte=begins,
                    documents__created_at__lt=ends,
                ),
            ),
        )
        .order_by("-n", "name")
        .values_list("pk", "name", "n", "came")
    )
    jobs = Job.objects.filter(finished_at__gte=begins, finished_at__lt=ends, version__isnull=False)
    counted = jobs.aggregate(
        read=Count("pk", filter=Q(state=JobState.DONE)),
        failed=Count("pk", filter=Q(state=JobState.FAILED)),
    )
    return Knowledge(
        documents=there.count(),
        pages=holdings.pages,
        collections=[CollectionFigures(*row) for row in rows[:COLLECTIONS]],
        collection_count=len(rows),
        added=there.filter(came).count(),
        **counted,
    )


def _measures(month: Month) -> list[Measure]:
    return [
        Measure(one.of, one.name, one.value, one.low, one.high, one.at)
        for one in measured.measured(*month.ends())
    ]
