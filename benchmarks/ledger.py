"""The request ledger with a million requests: what its pages cost, what writing costs a request,
what rolling up costs.

Every time is the median of a few runs; `cpu_ms` is processor time, which a busy machine does not
change much. Beside it, in the same run: the same page with a thousandth of the requests.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import ledger_rows, report

RUNS, BATCHES, A_BATCH = 5, 20, 500
FEW = 1000  # times fewer
GOALS: dict[str, report.Goal] = {
    "page_max_ms": ("<=", 300),
    "page_max_cpu_ms": ("<=", 300),
    "many_over_few": ("<=", 2),  # what the page costs with all rows and with a thousandth
    "request_us": ("<=", 150),
    "row_us": ("<=", 300),
    "roll_up_ms_per_1k": ("<=", 300),
}


def main() -> int:
    """Measure in an installation of its own; returns the exit code."""
    parser = report.arguments(__doc__)
    parser.add_argument("--rows", type=int, default=ledger_rows.ROWS, help="default: %(default)s")
    parser.add_argument("--postgresql", action="store_true", help="instead of SQLite")
    options = parser.parse_args()
    machine = report.machine()
    with tempfile.TemporaryDirectory(prefix="clawdbot-ledger-") as home:
        if options.postgresql:
            from tests.services import postgresql

            with postgresql() as address:
                figures = _measured(Path(home), address, options.rows)
        else:
            figures = _measured(Path(home), "sqlite", options.rows)
    return report.finish(report.Report("ledger", figures, GOALS, machine), as_json=options.json)


def _measured(home: Path, database: str, rows: int) -> dict[str, float]:
    (home / "data").mkdir()
    os.environ |= {
        "CLAWDBOT_HOME": str(home),
        "CLAWDBOT_DATABASE__URL": database,
        "DJANGO_SETTINGS_MODULE": "clawdbot_site.settings",
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    return _figures(rows)


def _figures(rows: int) -> dict[str, float]:
    from apps.accounts.models import User
    from apps.ops.models import LedgerGauge, LedgerRollup, RequestRecord

    User.objects.create_superuser("admin")
    report.say("a few requests")
    ledger_rows.store(ledger_rows.made(rows // FEW))
    ledger_rows.gauges(datetime.now(UTC))
    few = _pages()
    for model in (RequestRecord, LedgerRollup):
        model.objects.all().delete()
    report.say(f"{rows:,} requests")
    begun = time.perf_counter()
    ledger_rows.store(ledger_rows.made(rows))
    filled_s = time.perf_counter() - begun
    _settle()
    pages = _pages()
    return {
        "rows": RequestRecord.objects.count(),
        "rollups": LedgerRollup.objects.count(),
        "gauges": LedgerGauge.objects.count(),
        "fill_s": round(filled_s, 1),
        **pages,
        "page_max_ms": max(ms for name, ms in pages.items() if name.endswith("_page_ms")),
        "page_max_cpu_ms": max(ms for name, ms in pages.items() if name.endswith("_page_cpu_ms")),
        "many_over_few": round(_sum(pages) / _sum(few), 2),
        **_lists(),
        **_writing(),
        **_rolling(),
    }


def _sum(pages: dict[str, float]) -> float:
    return sum(ms for name, ms in pages.items() if name.endswith("_page_cpu_ms"))


def _settle() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _timed(call: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of the clock and of the processor: medians; once before, so that it is warm."""
    call()
    spent = []
    for _ in range(RUNS):
        begun, cpu = time.perf_counter(), time.process_time()
        call()
        spent.append((time.perf_counter() - begun, time.process_time() - cpu))
    clock, processor = (statistics.median(column) for column in zip(*spent, strict=True))
    return round(1000 * clock, 1), round(1000 * processor, 1)


def _pages() -> dict[str, float]:
    """The dashboard with all its figures, and the API's summary, for each range."""
    from django.test import Client

    from apps.accounts.models import User
    from apps.ops.ledger.windows import RANGES

    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username="admin"))

    def get(address: str) -> None:
        response = client.get(address)
        assert response.status_code == 200, (address, response.status_code)

    found: dict[str, float] = {}
    for name in RANGES:
        for what, address in (
            ("page", f"/admin/dashboard/figures/?range={name}"),
            ("whole_page", f"/admin/dashboard/?range={name}"),
            ("narrowed_page", f"/admin/dashboard/figures/?range={name}&surface=api&node=n1"),
            ("summary", f"/api/v1/ops/summary/?range={name}"),
        ):
            clock, processor = _timed(lambda address=address: get(address))
            found |= {f"{name}_{what}_ms": clock, f"{name}_{what}_cpu_ms": processor}
    return found


def _lists() -> dict[str, float]:
    """Drilling down: a page of requests."""
    from apps.ops.ledger.selectors import RowFilter, rows, series, window

    day, quarter = window("24h"), window("90d")
    lists = {
        "rows_newest": lambda: rows(quarter, RowFilter()),
        "rows_failed": lambda: rows(quarter, RowFilter(outcome="failed")),
        "rows_of_user": lambda: rows(quarter, RowFilter(user=7)),
        "rows_failed_of_user": lambda: rows(quarter, RowFilter(user=7, outcome="failed")),
        "rows_slow": lambda: rows(quarter, RowFilter(at_least_ms=10_000)),
        "key_24h": lambda: series(day, key=7),
    }
    return {f"{name}_ms": _timed(call)[0] for name, call in lists.items()}


def _writing() -> dict[str, float]:
    """What a request spends on the ledger, and what its row costs the thread that writes."""
    from django.http import HttpRequest, HttpResponse
    from django.test import RequestFactory
    from django.urls import resolve

    from apps.core import metering
    from apps.ops.ledger.middleware import RequestLedger
    from apps.ops.ledger.writing import writer

    writer.start = lambda: None  # type: ignore[method-assign]  # it is flushed below
    request = RequestFactory().post("/api/v1/ask/")
    request.resolver_match = resolve("/api/v1/ask/")

    def view(_: HttpRequest) -> HttpResponse:
        for stage in metering.Stage:
            with metering.timing(stage):
                pass
        metering.answered(True)
        return HttpResponse()

    met, plain = RequestLedger(view), view
    per_call, per_row = [], []
    for _ in range(BATCHES):
        begun = time.process_time()
        for _ in range(A_BATCH):
            met(request)
        between = time.process_time()
        for _ in range(A_BATCH):
            plain(request)
        per_call.append((between - begun) - (time.process_time() - between))
        begun = time.process_time()
        writer.flush()
        per_row.append(time.process_time() - begun)
    return {
        "request_us": round(1e6 * statistics.median(per_call) / A_BATCH, 1),
        "row_us": round(1e6 * statistics.median(per_row) / A_BATCH, 1),
    }


def _rolling() -> dict[str, float]:
    """What those requests cost when they are rolled up, as written: some to a batch."""
    from apps.ops.ledger import gauges, rolling

    begun = time.process_time()
    rolling.roll_up()
    spent = 1000 * (time.process_time() - begun)
    begun = time.process_time()
    gauges.sample()
    return {
        "roll_up_ms_per_1k": round(spent / (BATCHES * A_BATCH / 1000), 2),
        "sample_ms": round(1000 * (time.process_time() - begun), 1),
    }


if __name__ == "__main__":
    raise SystemExit(main())
