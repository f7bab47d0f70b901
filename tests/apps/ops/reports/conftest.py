"""Fixtures of the report's tests: it is the 5th of November 2026, and October was busy."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from apps.core import clock
from apps.generation.models import Asking, Trace
from apps.generation.open_questions import asking_note
from apps.ops.ledger.counting import counted
from apps.ops.ledger.figures import Figures
from apps.ops.ledger.rolling import figures_add
from apps.ops.ledger_records import RequestRecord
from apps.ops.reports.months import Month
from tests.factories import UserFactory

NOW = datetime(2026, 11, 5, 10, tzinfo=UTC)
OCTOBER = Month.written("2026-10")


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """Sets the time; first it is NOW."""

    def set_to(at: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: at)

    set_to(NOW)
    return set_to


@pytest.fixture(autouse=True)
def one_language(configured) -> None:
    """Writing PDFs is most of the work."""
    configured("reports", languages=["en"])


@pytest.fixture
def requested(db):
    """Notes requests of October (days of it) in the ledger as it does itself."""

    def note(day: int, count: int = 1, **values) -> None:
        at = datetime(2026, 10, 1, 9, tzinfo=UTC) + timedelta(days=day - 1)
        known = {"surface": "portal", "kind": "ask", "outcome": "answered", "node": "a"}
        rows = [RequestRecord(at=at, **(known | {"total_ms": 100.0} | values))] * count
        RequestRecord.objects.bulk_create(
            [RequestRecord(at=at, **(known | {"total_ms": 100.0} | values)) for _ in rows]
        )
        sums: dict[tuple, Figures] = defaultdict(Figures)
        for row in rows:
            sums[row.at, (row.surface, row.kind, row.node)].add(counted(row))
        with transaction.atomic():
            figures_add((start, place, figures) for (start, place), figures in sums.items())

    return note


@pytest.fixture
def asked(db):
    """Has different people ask the same in October; without an answer it is an open question."""

    def ask(text: str, people: int, *, is_answered: bool = True, first: int = 0) -> None:
        for number in range(first, first + people):
            user = UserFactory._meta.model.objects.filter(username=f"asker{number}").first()
            trace = Trace.objects.create(
                user=user or UserFactory(username=f"asker{number}"),
                question=text,
                is_answered=is_answered,
            )
            Trace.objects.update(created_at=NOW - timedelta(days=20))
            if not is_answered:
                asking_note(trace=trace, kind=Asking.Kind.UNANSWERED)
                Asking.objects.update(created_at=NOW - timedelta(days=20))

    return ask
