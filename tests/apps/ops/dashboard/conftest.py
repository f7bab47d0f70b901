"""Requests in the ledger."""

from datetime import timedelta

import pytest

from apps.core import clock
from apps.ops.ledger import rolling
from tests.apps.ops.ledger.entries import entry, write


@pytest.fixture
def requests():
    """Eight within the last ten minutes: five were answered."""
    now = clock.now()
    write(
        *(entry(now - timedelta(minutes=n), read_ms=10.0 * n, tokens_in=100) for n in range(1, 6)),
        entry(now - timedelta(minutes=3), outcome="not_found", up=1),
        entry(now - timedelta(minutes=4), outcome="failed", code="engine_lost", total_ms=9_000.0),
        entry(now - timedelta(minutes=5), kind="open", surface="portal", outcome="denied"),
    )
    rolling.roll_up()
