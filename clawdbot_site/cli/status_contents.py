"""The part of `clawdbot status --detail` that tells of documents, queues, questions, backups."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import connection

from apps.core import clock, config
from apps.core.traffic.protocols import OutOfReach
from apps.core.traffic.rooms import room
from apps.core.version import VERSION
from apps.knowledge.access import Scope
from apps.ops.anomalies.selectors import open_anomalies
from apps.ops.backups.outlook import outlook
from apps.ops.ledger.selectors import totals, window
from apps.retrieval import index_state
from clawdbot_site.cli import console
from clawdbot_site.cli.console import counted
from clawdbot_site.installation import migrations, operator
from clawdbot_site.supervision import control, program
from ingest import overview
from ingest.models import JobStage
from ingest.queues import WORKED, Queue, queues

RANGES = {"1h": "last hour", "24h": "last day"}
MOST_ANOMALIES = 5


def facts() -> dict[str, Any]:
    """What is set up, what is in it, what is asked, what waits. Raises DatabaseError."""
    scope = Scope.of(operator.operator())
    return {
        "installation": _installation(),
        "documents": overview.scope_documents_by_status(scope),
        "jobs": dict(overview.jobs_by_state(scope)),
        "queues": _queues(),
        "index": asdict(index_state.status()),
        "questions": _questions(),
        "backup": _backup(),
        "anomalies": [
            {"rule": str(one.rule), "severity": str(one.severity),
             "subject": one.subject, "last_seen": one.last_seen, "count": one.count}
            for one in open_anomalies(MOST_ANOMALIES)
        ],
    }  # fmt: skip


def show(found: Mapping[str, Any]) -> None:
    """As a person reads it: a line for each."""
    for name, words in _lines(found):
        console.out.print(f"{name:<11} {words}", markup=False)
    for one in found["anomalies"]:
        words = (
            f"{one['rule']} ({one['severity']}): {one['subject']}, {counted(one['count'], 'time')}"
        )
        console.out.print(f"{'anomaly':<11} {words}", markup=False, style="yellow")


def _installation() -> dict[str, Any]:
    settings = config.load()
    return {
        "version": VERSION,
        "is_current": not control.is_running(settings) or program.is_current(settings),
        "profile": settings.profile,
        "database": connection.vendor,
        "migrations_missing": len(migrations.unapplied()),
        "broker": settings.broker.url.split(":", 1)[0],
        "data_dir": str(settings.data_dir),
        "disk_free_bytes": shutil.disk_usage(settings.data_dir).free,
    }


def _queues() -> list[dict[str, Any]]:
    """For each stage: what could begin now, what is at work, how long the first one waits."""
    now = clock.now()
    found = queues(now)
    return [_queue(stage, found[stage], now) for stage in WORKED]


def _queue(stage: JobStage, queue: Queue, now: datetime) -> dict[str, Any]:
    lease = queue.lease_until
    return {
        "stage": str(stage),
        "waiting": queue.waiting,
        "running": queue.running,
        "oldest_s": round(queue.oldest_s(now)),
        "lease_left_s": round((lease - now).total_seconds()) if lease else None,
    }


def _questions() -> dict[str, Any]:
    try:
        load = room().store.load()
        now = {"running": load.running, "waiting": load.waiting}
    except OutOfReach:
        now = {}
    return {"now": now} | {name: _of_range(name) for name in RANGES}


def _of_range(name: str) -> dict[str, Any]:
    told = totals(window(name))
    names = ("asked", "answered", "not_found", "done", "refused", "denied", "failed", "cancelled")
    return {one: getattr(told, one) for one in names} | {
        "p95_ms": told.total.p95_ms, "success_rate": told.success_rate
    }  # fmt: skip


def _backup() -> dict[str, Any]:
    seen = outlook()
    return {
        "made_at": seen.made_at,
        "is_running": seen.is_running,
        "is_late": seen.is_late,
        "is_asked_for": seen.is_asked_for,
        "failed": seen.failed.message if seen.failed else "",
    }


def _lines(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    here = found["installation"]
    age = "" if here["is_current"] else "; an older one runs: clawdbot restart"
    missing = here["migrations_missing"]
    lacks = f", {counted(missing, 'migration')} missing: clawdbot restart" if missing else ""
    yield "version", f"{here['version']}, {here['profile']}{age}"
    yield "database", f"{here['database']}, broker {here['broker']}{lacks}"
    yield "data", f"{here['data_dir']}, {console.megabytes(here['disk_free_bytes'])} free"
    yield "documents", _counts(found["documents"])
    yield "jobs", _counts(found["jobs"])
    for queue in found["queues"]:
        yield f"  {queue['stage']}", _queue_words(queue)
    index = found["index"]
    lag = f"{counted(index['lag'], 'change')} behind" if index["lag"] else "up to date"
    yield (
        "index",
        (
            f"{lag}, generation {index['generation']}, {counted(index['rows'], 'passage')} in"
            f" {counted(index['segments'], 'segment')}, {console.megabytes(index['size_bytes'])}"
        ),
    )
    yield "  model", f"{index['model']}; verified: {index['verified']}"
    if now := found["questions"]["now"]:
        yield "questions", f"{now['running']} at work, {now['waiting']} waiting"
    for name, words in RANGES.items():
        yield f"  {words}", _range_words(found["questions"][name])
    yield "backup", _backup_words(found["backup"])


def _counts(values: Mapping[str, int]) -> str:
    """What there is none of is left out."""
    return ", ".join(f"{count:,} {name}" for name, count in values.items() if count) or "none"


def _queue_words(queue: Mapping[str, Any]) -> str:
    words = f"{queue['waiting']} waiting, {queue['running']} at work"
    if queue["oldest_s"]:
        words += f"; the first waits for {console.duration(queue['oldest_s'])}"
    if queue["lease_left_s"] is not None and queue["lease_left_s"] < 0:
        words += "; a worker is silent, its job is put back"
    return words


def _range_words(told: Mapping[str, Any]) -> str:
    if not told["asked"]:
        return "no requests"
    slow = f", 95 % within {told['p95_ms'] / 1000:.1f} s" if told["p95_ms"] else ""
    counts = {name: told[name] for name in told if name not in ("asked", "p95_ms", "success_rate")}
    return f"{counted(told['asked'], 'request')}: {_counts(counts)}{slow}".replace("_", " ")


def _backup_words(told: Mapping[str, Any]) -> str:
    if told["failed"]:
        return f"the last one failed: {told['failed']}"
    if told["is_running"]:
        return "being made"
    if told["made_at"] is None:
        return "none yet" if told["is_asked_for"] else "not set up (backup.to)"
    ago = console.duration((clock.now() - told["made_at"]).total_seconds())
    return f"made {ago} ago" + ("; late: see clawdbot logs beat" if told["is_late"] else "")
