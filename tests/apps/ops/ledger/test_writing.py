"""Rows are written beside the requests: in batches, once, and what is lost is counted."""

import pytest
from django.db import DataError, OperationalError

from apps.ops.ledger import writing
from apps.ops.ledger.networks import network_of
from apps.ops.ledger.selectors import totals, window
from apps.ops.ledger.writing import Writer
from apps.ops.models import LedgerRollup, RequestRecord
from tests.apps.ops.ledger.entries import entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(monkeypatch):
    """One that writes when it is told to; it has room for three rows."""
    made = Writer(most=3)
    monkeypatch.setattr(made, "start", lambda: None)
    return made


def failing(monkeypatch, error):
    def write(*_):
        raise error

    monkeypatch.setattr(writing, "_write", write)


def test_a_batch_is_one_row_for_each_request_and_one_of_figures_for_each_kind(writer):
    for kind in ("ask", "ask", "open"):
        writer.note(entry(kind=kind))

    assert writer.flush() == 3
    assert (RequestRecord.objects.count(), LedgerRollup.objects.count()) == (3, 2)
    assert writer.flush() == 0


def test_while_the_database_is_away_rows_wait_in_order(writer, monkeypatch):
    with monkeypatch.context() as away:
        failing(away, OperationalError("away"))
        for status in (200, 201):
            writer.note(entry(status=status))
        with pytest.raises(OperationalError):
            writer.flush()

    writer.flush()
    assert list(RequestRecord.objects.order_by("id").values_list("status", flat=True)) == [200, 201]


def test_what_does_not_fit_is_counted_as_lost(writer):
    for _ in range(5):
        writer.note(entry())
    writer.flush()

    shown = totals(window("15m"), kind="ask")
    assert (shown.asked, shown.lost) == (3, 2)


def test_what_the_database_never_takes_is_lost_and_does_not_stop_the_rest(writer, monkeypatch):
    with monkeypatch.context() as broken:
        failing(broken, DataError("too long"))
        writer.note(entry())
        with pytest.raises(DataError):
            writer.flush()
    writer.note(entry())
    writer.flush()

    shown = totals(window("15m"), kind="ask")
    assert (shown.asked, shown.lost) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_process_that_ends_writes_what_is_left():
    writer = Writer()
    writer.note(entry())
    writer.end()

    assert RequestRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("address", "network"),
    [("10.2.3.4", "10.2.3.0/24"), ("2001:db8:1:2::5", "2001:db8:1::/48"), ("", ""),
     ("::ffff:10.2.3.4", "10.2.3.0/24"), ("unix:", "")],
)  # fmt: skip
def test_of_an_address_the_network_is_kept(address, network):
    assert network_of(address) == network
