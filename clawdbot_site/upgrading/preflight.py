"""What is looked at before an upgrade. Changes nothing."""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.db import DatabaseError, connection

from apps.core import clock, config
from apps.core.sizes import parse_size
from apps.core.version import VERSION, minor_of
from apps.ops.backup_records import Backup
from apps.ops.backups import schedule
from clawdbot_site.installation.findings import Finding
from clawdbot_site.upgrading import skew
from clawdbot_site.upgrading.pending import Pending, pending
from ingest.models import Job, JobState

POSTGRESQL_NEEDED, SQLITE_NEEDED = 140000, (3, 31)
LONG_S = 5.0
OLD_BACKUP = timedelta(days=2)


def findings() -> Iterator[Finding]:
    """All checks, those that the others need first; without a database there is one only."""
    try:
        yield _database()
        missing = pending()
    except DatabaseError as error:
        yield Finding(
            "database",
            f"does not answer: {str(error).splitlines()[0]}",
            "Start it, or mend database.url.",
        )
        return
    yield _versions()
    yield from _migrations(missing)
    yield _disk(missing)
    yield _backup(missing)
    yield _jobs()


def _database() -> Finding:
    if connection.vendor == "sqlite":
        found = sqlite3.sqlite_version_info
        remedy = "" if found >= SQLITE_NEEDED else "Use a Python with a newer SQLite (3.31)."
        return Finding("database", f"SQLite {sqlite3.sqlite_version}", remedy)
    connection.ensure_connection()
    number = connection.pg_version  # type: ignore[attr-defined]
    remedy = "" if number >= POSTGRESQL_NEEDED else "Upgrade PostgreSQL to 14 or newer first."
    return Finding("database", f"PostgreSQL {number // 10000}", remedy)


def _versions() -> Finding:
    schema, others = skew.schema_version(), skew.living()
    seen = f"this program {VERSION}, tables of {schema or 'a version that did not tell'}"
    if others:
        seen += "; " + ", ".join(sorted(f"{name} {version}" for name, version in others))
    return Finding("versions", seen, skew.refusal(VERSION, others, schema))


def _migrations(missing: Sequence[Pending]) -> Iterator[Finding]:
    if not missing:
        yield Finding("tables", "as this program needs them")
    older = [name for name, version in skew.living() if minor_of(version) < minor_of(VERSION)]
    for one in missing:
        remedy = ""
        if one.problems and older:
            remedy = f"Stop {', '.join(sorted(set(older)))} first: {'; '.join(one.problems)}."
        waits = f"writers wait about {one.locks_s:.0f} s" if one.locks_s >= 1 else "no waiting"
        works = "needs the others stopped" if one.problems else "others go on working"
        yield Finding("tables", f"{one.name}: {works}, {waits}", remedy)
    if sum(one.locks_s for one in missing) > LONG_S and older:
        yield Finding("tables", "writers will notice", "Upgrade when few people work.")


def _disk(missing: Sequence[Pending]) -> Finding:
    settings = config.load()
    free = shutil.disk_usage(settings.data_dir).free
    needed = parse_size(settings.storage.min_free)
    if connection.vendor == "sqlite" and missing:
        file = settings.data_dir / "clawdbot.sqlite3"
        needed += 2 * file.stat().st_size  # a copy, and tables that are written anew
    remedy = "" if free >= needed else f"Free {(needed - free) // 10**6 + 1} MB there."
    return Finding("disk", f"{free // 10**6} MB free, {needed // 10**6} MB needed", remedy)


def _backup(missing: Sequence[Pending]) -> Finding:
    place = schedule.place()
    if place is None:
        if connection.vendor == "sqlite":
            return Finding("backup", "backup.to is empty: the database's file is copied")
        remedy = "Set backup.to, or make one by other means and say --no-backup." if missing else ""
        return Finding("backup", "backup.to names no place", remedy)
    if Backup._meta.db_table not in connection.introspection.table_names():
        return Finding("backup", f"into {place}")
    last = Backup.objects.filter(state=Backup.State.DONE).order_by("-created_at").first()
    if last is None or clock.now() - last.created_at > OLD_BACKUP:
        return Finding("backup", f"into {place}: the first for long, so it takes its time")
    return Finding("backup", f"into {place}; the last one: {last.created_at:%Y-%m-%d %H:%M} UTC")


def _jobs() -> Finding:
    if Job._meta.db_table not in connection.introspection.table_names():
        return Finding("jobs", "none")
    running = Job.objects.filter(state=JobState.RUNNING).count()
    waiting = Job.objects.filter(state=JobState.QUEUED).count()
    return Finding("jobs", f"{running} at work, {waiting} wait: what is cut short begins again")
