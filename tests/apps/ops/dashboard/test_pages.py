"""The dashboard: what it tells, to whom, and what it costs."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core import clock
from apps.ops.anomaly_records import Anomaly
from apps.ops.dashboard.sheets import cell
from apps.ops.ledger.windows import RANGES
from apps.ops.ledger_records import LedgerGauge, Level
from tests.admin_pages import client_of
from tests.apps.ops.ledger.entries import entry, write
from tests.node_rows import told as process_told

pytestmark = pytest.mark.django_db
PAGE, FIGURES = "/admin/dashboard/", "/admin/dashboard/figures/"


def figures(client, **query):
    answer = client.get(FIGURES, query)
    assert answer.status_code == 200
    return answer.json()


def table(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def overseer(make_staff):
    """Sees the machines, and nothing of what people do."""
    return client_of(make_staff("view_nodeindex"))


@pytest.mark.parametrize("name", RANGES)
def test_every_range_tells_what_became_of_requests(admin_client, requests, name):
    told = figures(admin_client, range=name)["figures"]

    total = told["sum"]
    assert (total["asked"], total["answered"], total["not_found"], total["failed"]) == (8, 5, 1, 1)
    assert total["success_rate"] == pytest.approx(6 / 7)
    assert sum(told["counts"]["answered"]) == 5
    assert len(told["starts"]) == len(told["total"]["p95_ms"]) == len(told["counts"]["denied"])


def test_times_are_told_by_stage(admin_client, requests):
    stages = figures(admin_client, range="1h")["figures"]["sum"]["stages"]

    assert stages["read"]["count"] == 5
    assert stages["read"]["mean_ms"] == 30.0
    assert stages["queue"] == {
        "count": 0, "mean_ms": None, "p50_ms": None, "p95_ms": None, "p99_ms": None
    }  # fmt: skip


def test_thumbs_and_tokens_are_told(admin_client, requests):
    total = figures(admin_client, range="1h")["figures"]["sum"]

    assert (total["up"], total["down"], total["tokens_in"]) == (1, 0, 500)


@pytest.mark.parametrize(
    ("narrowed", "asked"),
    [({"kind": "open"}, 1), ({"surface": "api"}, 7), ({"node": "n2"}, 0), ({"kind": "rm"}, 8)],
)
def test_figures_can_be_narrowed_and_nonsense_is_passed_over(
    admin_client, requests, narrowed, asked
):
    assert figures(admin_client, range="1h", **narrowed)["figures"]["sum"]["asked"] == asked


def test_a_span_given_by_its_ends_is_shown_and_is_no_longer_live(admin_client, requests):
    now = clock.now()
    since, until = now - timedelta(minutes=4, seconds=30), now - timedelta(minutes=2, seconds=30)

    told = figures(admin_client, since=since.isoformat(), until=until.isoformat())

    assert 4 <= told["figures"]["sum"]["asked"] < 8  # of whole minutes
    assert told["every_s"] == 0


def test_a_span_of_thousands_of_years_is_passed_over(admin_client):
    told = figures(admin_client, since="0002-01-01T00:00:00Z", until="2026-11-23T00:00:00Z")

    assert len(told["figures"]["starts"]) == 60


def test_machines_queues_and_models_are_told(admin_client):
    process_told(node="n1", kind="web")
    mean = {"cpu": [0.5, 0.5, 0.5, 1]}
    start = clock.now().replace(second=0, microsecond=0)
    LedgerGauge.objects.create(
        level=Level.MINUTE, start=start, of="process", node="n1", name="web", figures=mean
    )

    told = figures(admin_client, range="15m")
    rows = table(admin_client.get("/admin/dashboard/machines.csv", {"range": "15m"}))

    assert [(row["name"], row["figure"], row["mean"]) for row in rows] == [("web", "cpu", "0.5")]
    assert [one["mean"]["cpu"][-1] for one in told["resources"]] == [0.5]
    assert [node["name"] for node in told["nodes"]] == ["n1"]
    assert "reader" in {one["role"] for one in told["models"]}


def test_the_page_holds_its_first_figures(admin_client, requests):
    page = admin_client.get(PAGE, {"range": "6h"})

    assert page.context["first"]["figures"]["sum"]["asked"] == 8
    assert 'href="/admin/dashboard/requests/?range=6h&amp;outcome=failed"' in page.content.decode()


def test_it_costs_the_same_however_much_was_asked(admin_client):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as taken:
            figures(admin_client, range="1h")
        return len(taken)

    before = queries()
    write(*(entry() for _ in range(300)))

    assert queries() == before <= 20


def test_who_sees_machines_only_is_led_to_no_requests(overseer, requests):
    page = overseer.get(PAGE)

    assert page.status_code == 200
    assert "/admin/dashboard/requests/" not in page.content.decode()
    assert overseer.get("/admin/dashboard/requests/").status_code == 403
    assert overseer.get("/admin/dashboard/requests.csv").status_code == 403


def test_anomalies_name_whom_they_are_about_only_to_superusers(admin_client, overseer):
    now = clock.now()
    Anomaly.objects.create(
        rule="injection", severity=3, subject_kind="net", subject="net:10.9.8.0/24",
        network="10.9.8.0/24", first_seen=now, last_seen=now,
    )  # fmt: skip

    shown, hidden = (figures(client)["anomalies"] for client in (admin_client, overseer))

    assert (shown[0]["subject"], shown[0]["tone"]) == ("10.9.8.0/24", "bad")
    assert (hidden[0]["subject"], hidden[0]["page"]) == ("Network", "")


def test_figures_can_be_taken_away_as_a_table(admin_client, requests):
    rows = table(admin_client.get("/admin/dashboard/figures.csv", {"range": "1h"}))

    assert len(rows) == 60
    assert sum(int(row["asked"]) for row in rows) == 8
    assert any(row["read_mean_ms"] for row in rows)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_no_cell_of_a_table_is_a_formula(text):
    assert cell(text) == f"'{text}"
    assert cell(-1.5) == -1.5
