"""Single requests of the ledger, and the way to their traces."""

from datetime import timedelta

import pytest

from apps.core import clock
from apps.generation.models import Trace
from apps.ops.ledger_records import RequestRecord
from tests.apps.ops.dashboard.test_pages import table
from tests.apps.ops.ledger.entries import entry, write
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PAGE, SHEET = "/admin/dashboard/requests/", "/admin/dashboard/requests.csv"


def listed(client, **query):
    answer = client.get(PAGE, query)
    assert answer.status_code == 200
    return answer


@pytest.mark.parametrize(
    ("narrowed", "count"),
    [
        ({}, 8),
        ({"outcome": "failed"}, 1),
        ({"code": "engine_lost"}, 1),
        ({"at_least_ms": "5000"}, 1),
        ({"at_least_ms": "nan"}, 8),
        ({"kind": "open", "surface": "portal"}, 1),
        ({"user": "²"}, 8),
        ({"document": "no-uuid"}, 8),
    ],
)
def test_requests_are_narrowed_to_what_was_picked(admin_client, requests, narrowed, count):
    assert len(listed(admin_client, range="1h", **narrowed).context["rows"]) == count


def test_a_span_of_a_chart_lists_just_its_requests(admin_client, requests):
    at = RequestRecord.objects.get(outcome="failed").at
    since, until = at - timedelta(seconds=5), at + timedelta(seconds=5)
    ends = {"since": since.isoformat(), "until": until.isoformat()}

    rows = listed(admin_client, **ends).context["rows"]

    assert {row.record.outcome for row in rows} == {"failed", "answered"}  # both 4 minutes ago


def test_a_request_leads_to_its_trace_until_that_is_forgotten(admin_client):
    trace = Trace.objects.create(user=UserFactory(), question="Who?")
    write(entry(trace=trace.uuid, user_id=trace.user_id))
    address = f"/admin/generation/trace/{trace.pk}/change/"

    kept = listed(admin_client).content.decode()
    trace.delete()
    gone = listed(admin_client).content.decode()

    assert address in kept
    assert address not in gone


def test_the_bar_of_stages_fits_its_row(admin_client):
    write(entry(dense_ms=60.0, lexical_ms=60.0, read_ms=30.0, total_ms=100.0))

    (row,) = listed(admin_client).context["rows"]

    assert row.parts[-1].left + row.parts[-1].width == pytest.approx(100, abs=0.1)


def test_older_requests_are_a_page_further(admin_client):
    now = clock.now()
    write(*(entry(now - timedelta(seconds=n)) for n in range(130)))

    first = listed(admin_client, range="1h").context
    second = listed(admin_client, **dict(part.split("=") for part in first["older"][1:].split("&")))

    ids = [row.record.pk for page in (first, second.context) for row in page["rows"]]
    assert len(ids) == len(set(ids)) == 130
    assert second.context["older"] == ""


def test_requests_can_be_taken_away_as_a_table(admin_client, requests):
    rows = table(admin_client.get(SHEET, {"range": "1h", "outcome": "failed"}))

    assert [(row["outcome"], row["code"]) for row in rows] == [("failed", "engine_lost")]
