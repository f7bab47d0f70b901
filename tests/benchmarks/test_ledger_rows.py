"""Requests made in bulk are as if they had come: their rollups say what their rows say."""

import pytest

from apps.ops.ledger.selectors import totals, window
from apps.ops.models import RequestRecord
from benchmarks import ledger_rows

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["24h", "7d", "30d", "90d"])
def test_every_range_tells_of_the_rows_in_it(name):
    ledger_rows.store(ledger_rows.made(400, seed=3))

    shown = window(name)
    rows = RequestRecord.objects.filter(at__gte=shown.since, at__lt=shown.until)
    told = totals(shown)

    assert told.asked == rows.count() > 0
    assert told.failed == rows.filter(outcome="failed").count()
    assert totals(shown, kind="ask", node="n1").asked == rows.filter(kind="ask", node="n1").count()
