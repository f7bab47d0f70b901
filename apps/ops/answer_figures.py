"""Figures of what was asked: how many, how many answered, how fast, how liked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from apps.core import clock
from apps.generation.courtesy import questions_asked
from apps.generation.models import Feedback, Trace
from apps.generation.open_questions import open_questions_in
from apps.knowledge.access import Scope, readable
from apps.knowledge.models import Collection, Document, Version

TIMED = 2000  # newest answers whose times are compared
LOOKED_AT = 3000  # newest questions that a collection's figures are taken from
COLLECTION_DAYS = 30
DAYS = 14


@dataclass(frozen=True, slots=True)
class Share:
    """Questions of a time: asked, and what became of them. `down`: not helpful."""

    asked: int
    answered: int
    down: int

    @property
    def not_found(self) -> int:
        """Answered with “not found”."""
        return self.asked - self.answered

    @property
    def answered_percent(self) -> int:
        """Share of the answered ones; 0 when nothing was asked."""
        return round(100 * self.answered / self.asked) if self.asked else 0


@dataclass(frozen=True, slots=True)
class Day:
    """Questions of one day."""

    day: date
    asked: int
    answered: int


@dataclass(frozen=True, slots=True)
class AnswerFigures:
    """What home shows of questions. Times in milliseconds over 7 days; None: nothing was asked."""

    today: Share
    week: Share
    days: Sequence[Day]  # the last DAYS, oldest first, days without questions too
    median_ms: float | None
    p95_ms: float | None


@dataclass(frozen=True, slots=True)
class Quality:
    """How a collection answered in the last COLLECTION_DAYS, and how many questions are open."""

    share: Share
    up: int
    is_partial: bool  # more was asked than LOOKED_AT
    open_questions: int
    days: int = COLLECTION_DAYS


def of_all() -> AnswerFigures:
    """Figures of every question that was asked here."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    week = today - timedelta(days=6)
    traces = questions_asked()
    times = _times(traces.filter(created_at__gte=week))
    return AnswerFigures(
        today=_share(traces.filter(created_at__gte=today)),
        week=_share(traces.filter(created_at__gte=week)),
        days=_days(traces, today.date()),
        median_ms=median(times) if times else None,
        p95_ms=_percentile(times, 0.95) if times else None,
    )


def p95_s(recent: timedelta) -> float:
    """Seconds within which 95 of 100 answers of so recent a time came; 0 when nothing was asked."""
    since = clock.now() - recent
    times = _times(questions_asked().filter(created_at__gte=since))
    return _percentile(times, 0.95) / 1000 if times else 0.0


def of_collection(collection: Collection, *, scope: Scope) -> Quality:
    """Questions whose answer cites the collection, or (not found) whose nearest passage lies in it.

    Only documents of the scope count. Of the newest LOOKED_AT questions; costs the same few queries
    for any number of documents.
    """
    since = clock.now() - timedelta(days=COLLECTION_DAYS)
    asked = questions_asked().filter(created_at__gte=since)
    near = asked.filter(sources__version_id__in=_versions(collection, scope)).distinct()
    rows = list(
        near.order_by("-created_at").values_list("pk", "is_answered", "citations", "candidates")[
            :LOOKED_AT
        ]
    )
    named = {entry["document"] for row in rows for entry in [*row[2], *row[3][:1]]}
    ours = _ours(collection, named, scope)
    answered = {pk for pk, is_answered, cited, _ in rows if is_answered and _any(cited, ours)}
    missed = {pk for pk, is_answered, _, near in rows if not is_answered and _any(near[:1], ours)}
    verdicts = _verdicts(answered | missed)
    return Quality(
        share=Share(
            asked=len(answered) + len(missed),
            answered=len(answered),
            down=verdicts[Feedback.Verdict.DOWN],
        ),
        up=verdicts[Feedback.Verdict.UP],
        is_partial=len(rows) == LOOKED_AT,
        open_questions=open_questions_in(collection),
    )


def _versions(collection: Collection, scope: Scope) -> QuerySet[Version, int]:
    ours = Version.objects.filter(readable(scope, at="document"), document__collection=collection)
    return ours.values_list("pk", flat=True)


def _ours(collection: Collection, uuids: set[str], scope: Scope) -> set[str]:
    found: set[str] = set()
    wanted = sorted(uuids)
    for start in range(0, len(wanted), 500):
        documents = Document.objects.filter(
            readable(scope), collection=collection, uuid__in=wanted[start : start + 500]
        )
        found.update(str(uuid) for uuid in documents.values_list("uuid", flat=True))
    return found


def _any(entries: Sequence[dict[str, str]], documents: set[str]) -> bool:
    return any(entry["document"] in documents for entry in entries)


def _verdicts(trace_ids: set[int]) -> dict[str, int]:
    counts = dict.fromkeys(Feedback.Verdict.values, 0)
    wanted = sorted(trace_ids)
    for start in range(0, len(wanted), 500):
        rows = Feedback.objects.filter(trace__in=wanted[start : start + 500]).order_by()
        for verdict, count in rows.values_list("verdict").annotate(Count("id")):
            counts[verdict] += count
    return counts


def _share(traces: QuerySet[Trace]) -> Share:
    found = traces.aggregate(
        asked=Count("id", distinct=True),
        answered=Count("id", filter=Q(is_answered=True), distinct=True),
        down=Count("feedback", filter=Q(feedback__verdict=Feedback.Verdict.DOWN), distinct=True),
    )
    return Share(**found)


def _days(traces: QuerySet[Trace], today: date) -> list[Day]:
    first = today - timedelta(days=DAYS - 1)
    rows = (
        traces.annotate(day=TruncDate("created_at"))
        .filter(day__gte=first)
        .values_list("day")
        .annotate(asked=Count("id"), answered=Count("id", filter=Q(is_answered=True)))
    )
    found = {day: (asked, answered) for day, asked, answered in rows}
    days = (first + timedelta(days=n) for n in range(DAYS))
    return [Day(day, *found.get(day, (0, 0))) for day in days]


def _times(traces: QuerySet[Trace]) -> list[float]:
    newest = traces.order_by("-created_at").values_list("timings_ms__total", flat=True)[:TIMED]
    return sorted(float(ms) for ms in newest if ms is not None)


def _percentile(ordered: Sequence[float], share: float) -> float:
    """The nearest-rank percentile."""
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]
