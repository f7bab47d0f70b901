"""The installation in one object, for programs that watch it."""

import pytest

from apps.ops.ledger import gauges, rolling
from tests.apps.ops.ledger.entries import entry, write
from tests.factories import JobFactory
from tests.node_rows import told

pytestmark = pytest.mark.django_db


def test_it_tells_what_was_asked_who_is_there_and_what_waits(call, admin):
    write(entry(read_ms=8.0), entry(outcome="failed"), entry(kind="open", outcome="done"))
    rolling.roll_up()
    told("n1", figures={"load": 0.5})
    JobFactory.create_batch(2, stage="parse")
    gauges.sample()

    body = call(admin).get("/api/v1/ops/summary/?range=1h").json()

    assert (body["requests"]["asked"], body["questions"]["asked"]) == (3, 2)
    assert body["questions"]["success_rate"] == 0.5
    assert body["questions"]["stages_ms"]["read"]["count"] == 1
    assert body["nodes"] == [{"name": "n1", "state": "ready", "lag": None, "load": 0.5}]
    assert body["queues"]["parse"]["waiting"] == 2


def test_a_range_that_there_is_not_is_refused(call, admin):
    assert call(admin).get("/api/v1/ops/summary/?range=2y").status_code == 400


def test_it_costs_the_same_queries_however_much_was_asked(
    call, admin, django_assert_max_num_queries
):
    client = call(admin)
    for surface in ("api", "portal", "openai"):
        write(*(entry(surface=surface) for _ in range(20)))
    rolling.roll_up()

    with django_assert_max_num_queries(14):
        client.get("/api/v1/ops/summary/")
