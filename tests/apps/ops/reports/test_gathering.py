"""The figures of a month are those of the ledger."""

from datetime import UTC, date, datetime

import pytest

from apps.core import measured
from apps.core.measured import Measured
from apps.ops.ledger_records import RequestRecord
from apps.ops.report_records import PriceRow
from apps.ops.reports.figures import from_json, to_json
from apps.ops.reports.gathering import gathered
from apps.ops.reports.months import Month
from tests.apps.ops.reports.conftest import OCTOBER
from tests.factories import DocumentFactory

pytestmark = pytest.mark.django_db


def test_each_request_counts_once_where_it_belongs(requested):
    requested(1, 3, user_id=1, total_ms=100)
    requested(1, 1, user_id=2, outcome="not_found", surface="api")
    requested(2, 2, user_id=1, outcome="failed")
    requested(2, 5, user_id=3, kind="search", outcome="done")

    told = gathered(OCTOBER)

    assert (told.questions.answered, told.questions.not_found, told.questions.failed) == (3, 1, 2)
    assert [(day.answered, day.not_found, day.other) for day in told.days[:3]] == [
        (3, 1, 0), (0, 0, 2), (0, 0, 0)]  # fmt: skip
    assert (told.surfaces, told.kinds) == ({"portal": 5, "api": 1}, {"ask": 6, "search": 5})
    assert (told.people, len(told.days), sum(map(sum, told.hours))) == (3, 31, 6)


def test_a_month_that_is_not_over_is_compared_with_as_many_days(requested, now):
    requested(2, 4)
    requested(20, 50)
    requested(33, 6)  # the 2nd of November

    told = gathered(OCTOBER.following)

    assert (told.questions.asked, told.before.asked) == (6, 4)
    assert told.until == date(2026, 11, 5)


def test_tokens_that_no_model_read_are_estimated_and_told_apart(requested, configured):
    configured("answers", passages=2)
    configured("ingest", chunk_tokens=100)
    requested(1, 3)
    requested(1, 1, tokens_in=700, tokens_out=50)
    requested(1, 1, kind="embeddings", outcome="done", tokens_in=9_000_000)

    costs = gathered(OCTOBER).costs

    assert (costs.estimated, costs.tokens_in, costs.tokens_out) == (3, 500, 200)
    assert (costs.usage.tokens_in, costs.usage.tokens_out) == (700 + 1500, 50 + 600)


def test_an_installation_that_began_in_the_month_is_not_taken_for_older(requested):
    requested(22, 10)

    costs = gathered(OCTOBER).costs

    assert (costs.covered_from, costs.usage.days) == (date(2026, 10, 22), 10)


def test_documents_count_in_the_month_in_which_they_came(requested, now):
    now(datetime(2026, 10, 10, tzinfo=UTC))
    DocumentFactory()
    now(datetime(2026, 11, 3, tzinfo=UTC))
    DocumentFactory()

    stock = gathered(OCTOBER).knowledge

    assert (stock.documents, stock.added, sum(one.added for one in stock.collections)) == (2, 1, 1)


def test_figures_come_back_from_the_database_as_they_were(requested, monkeypatch):
    requested(1, 2)
    PriceRow.objects.create(name="Cloud", currency="EUR", per_month="12.3456")
    found = Measured("HR", "Recall", 0.9, None, None, datetime(2026, 10, 3, tzinfo=UTC))
    monkeypatch.setattr(measured, "_sources", {"test": lambda since, until: [found]})

    told = gathered(OCTOBER)

    again = from_json(to_json(told))
    assert to_json(again) == to_json(told)
    assert again.costs.offers[0].offer.per_month == told.costs.offers[0].offer.per_month
    assert again.measures[0].of == "HR"


def test_questions_can_be_left_out(requested, asked, configured):
    configured("reports", questions=False)
    asked("When is the canteen open?", 3)

    told = gathered(Month.written("2026-10"))

    assert (told.top, told.missing) == (None, None)


def test_people_are_not_known_any_more_when_single_requests_are_gone(requested, now):
    requested(1, 5, user_id=1)
    RequestRecord.objects.all().delete()
    assert gathered(OCTOBER).people == 0  # of this time they would be known
    PriceRow.objects.create(name="Cloud", currency="EUR", per_user_month="20")

    now(datetime(2027, 6, 1, tzinfo=UTC))
    told = gathered(OCTOBER)

    assert (told.people, told.hours, told.questions.asked) == (None, [], 5)
    assert (told.costs.offers[0].parts, told.costs.offers[0].total) == ({}, None)
