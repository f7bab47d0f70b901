"""What is read from rollups is what the requests were, however they were added."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.core import clock
from apps.ops.ledger import rolling
from apps.ops.ledger.pruning import ledger_prune
from apps.ops.ledger.selectors import RowFilter, rows, series, totals, window
from apps.ops.ledger.windows import between, days, start_of
from apps.ops.ledger_records import LedgerRollup, Level, RequestRecord
from tests.apps.ops.ledger.entries import entry, write

pytestmark = pytest.mark.django_db
RANGES = ("15m", "1h", "6h", "24h", "7d", "30d", "90d")


def minutes_ago(minutes):
    return clock.now() - timedelta(minutes=minutes)


def told(name="1h", **narrowing):
    found = totals(window(name), **narrowing)
    return found.asked, found.answered, found.failed


@pytest.fixture
def requests():
    write(
        *(entry(minutes_ago(n), read_ms=10.0 * n, tokens_in=n) for n in range(1, 10)),
        entry(minutes_ago(3), kind="open", surface="portal", outcome="done", total_ms=2.0),
        entry(minutes_ago(4), outcome="failed", key_id=7, total_ms=60_000.0),
        entry(minutes_ago(5), node="n2", key_id=7),
    )


@pytest.mark.parametrize("name", RANGES)
def test_every_range_tells_the_same_before_and_after_rolling_up(requests, name):
    before = told(name), told(name, kind="ask"), told(name, surface="portal")
    rolling.roll_up()

    after = told(name), told(name, kind="ask"), told(name, surface="portal")

    assert before == after == ((12, 10, 1), (11, 10, 1), (1, 0, 0))


def test_rolling_up_again_adds_nothing_and_late_requests_are_counted(requests):
    rolling.roll_up()
    rolling.roll_up()
    write(entry(minutes_ago(9)))

    assert told() == (13, 11, 1)
    rolling.roll_up()
    assert (told(), told("90d")) == ((13, 11, 1), (13, 11, 1))


def test_what_failed_or_was_opened_does_not_change_how_long_answers_take(requests):
    rolling.roll_up()
    found = totals(window("1h"), kind="ask")

    assert found.total.count == 10
    assert found.total.p99_ms == pytest.approx(100, rel=0.05)
    assert found.stages["read"].mean_ms == pytest.approx(50)
    assert found.stages["read"].p95_ms == pytest.approx(90, rel=0.05)
    assert (found.success_rate, found.tokens_in) == (10 / 11, 45)


def test_signing_in_and_other_pages_change_neither_times_nor_the_success_rate(requests):
    before = totals(window("1h"))
    write(
        entry(kind="other", surface="portal", outcome="done", total_ms=900.0),
        entry(kind="other", surface="admin", outcome="failed"),
    )
    rolling.roll_up()

    after = totals(window("1h"))
    assert (after.total, after.success_rate) == (before.total, before.success_rate)
    assert (after.asked, after.failed) == (before.asked + 2, before.failed + 1)


def test_a_node_or_a_key_can_be_looked_at_alone(requests):
    rolling.roll_up()

    assert (told(node="n2"), told(key=7), told(key=7, node="n1")) == (
        (1, 1, 0), (2, 1, 1), (1, 0, 1)
    )  # fmt: skip


def test_steps_without_requests_are_there_and_empty(requests):
    found = series(window("15m"), kind="ask")

    counts = [step.figures.asked for step in found.steps]
    assert len(counts) == 15
    assert (sum(counts), min(counts)) == (11, 0)
    assert found.steps[-1].figures.total.p50_ms is None


def test_somebody_else_who_rolls_up_is_left_alone(requests):
    rolling.lease_hold(rolling.LEASE, holder="another", for_s=60)

    assert rolling.roll_up() == 0
    assert LedgerRollup.objects.filter(level=Level.PENDING).exists()


def test_a_process_of_the_same_number_in_another_container_is_somebody_else(requests, monkeypatch):
    inner, add = [], rolling._roll_some

    def beside() -> int:
        monkeypatch.setattr(rolling, "_roll_some", add)
        inner.append(rolling.roll_up())
        return add()

    monkeypatch.setattr(rolling, "_roll_some", beside)

    assert rolling.roll_up() > 0
    assert (inner[0], told()) == (0, (12, 10, 1))


def test_verdicts_and_losses_are_in_the_figures():
    write(entry(up=1), entry(up=-1, down=1, kind="other"))
    rolling.roll_up()

    found = totals(window("1h"), kind="ask")
    assert (found.asked, found.up, found.down) == (1, 0, 1)


def test_reading_a_range_costs_two_queries(requests, django_assert_num_queries):
    rolling.roll_up()

    with django_assert_num_queries(2):
        series(window("7d"), kind="ask")


def test_requests_are_read_newest_first_in_pages_and_narrowed(requests):
    spell = window("1h")
    first = rows(spell, RowFilter(), limit=5)
    second = rows(spell, RowFilter(), limit=50, before=first[-1].pk)

    assert len(first) + len(second) == 12
    moments = [row.at for row in (*first, *second)]
    assert moments == sorted(moments, reverse=True)
    assert [row.kind for row in rows(spell, RowFilter(surface="portal"))] == ["open"]
    assert len(rows(spell, RowFilter(key=7, outcome="failed", at_least_ms=1000))) == 1


def test_old_rows_go_and_their_figures_by_day_stay(requests, configured):
    write(entry(minutes_ago(60 * 24 * 3)))
    rolling.roll_up()
    configured("ledger", keep_days=1)

    ledger_prune()

    assert RequestRecord.objects.count() == 12
    assert told("7d") == (13, 11, 1)
    oldest = LedgerRollup.objects.filter(level=Level.MINUTE).earliest("start").start
    assert oldest > minutes_ago(60 * 24 * 2)


def test_rows_of_people_who_are_gone_lose_their_name():
    write(entry(user_id=4711, network="10.0.0.0/24"))
    ledger_prune()

    assert RequestRecord.objects.values_list("user_id", "network").get() == (None, "")


def test_days_begin_at_midnight_where_people_live(settings):
    settings.TIME_ZONE = "Asia/Shanghai"
    noon = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)

    assert start_of(Level.DAY, noon) == datetime(2026, 11, 2, 16, 0, tzinfo=UTC)
    month = days(noon.date().replace(day=1), noon.date().replace(day=30))
    assert (len(month.starts), month.until) == (30, datetime(2026, 11, 30, 16, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("hours", "level", "step_s"),
    [(0.2, Level.MINUTE, 60), (10, Level.MINUTE, 300), (40, Level.QUARTER, 900),
     (100, Level.HOUR, 3600), (1000, Level.SHIFT, 21600), (5000, Level.DAY, 86400)],
)  # fmt: skip
def test_a_span_that_is_chosen_freely_has_about_a_hundred_steps(hours, level, step_s):
    until = clock.now()
    found = between(until - timedelta(hours=hours), until)

    assert (found.level, found.step_s) == (level, step_s)
    assert found.since <= until - timedelta(hours=hours)
    assert until <= found.until
