"""What `clawdbot doctor` looks at of the database itself."""

import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from clawdbot_site.installation.findings import Finding

MB = 10**6
OLDEST_POSTGRESQL = 14  # https://docs.djangoproject.com/en/5.2/ref/databases/#postgresql-notes
LARGE_LOG = 2000 * MB  # of SQLite: some reader keeps it from being taken over
SLOW_S = 0.02
ASKED = 5


def database_findings() -> Iterator[Finding]:
    """Whether it is sound, of a version that we work with, and near. Raises DatabaseError."""
    yield from _sqlite() if connection.vendor == "sqlite" else _server()


def _sqlite() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        answer = str(cursor.fetchone()[0])
        cursor.execute("SELECT sqlite_version()")
        version = cursor.fetchone()[0]
    remedy = "" if answer == "ok" else "The file is damaged. Restore it from a backup."
    yield Finding("database", f"sqlite, {answer}", remedy)
    file = Path(str(settings.DATABASES["default"]["NAME"]))
    log_bytes = _size(file.with_name(f"{file.name}-wal"))
    remedy = "A reader holds on to it: clawdbot restart" if log_bytes > LARGE_LOG else ""
    seen = f"sqlite {version}, {_size(file) / MB:,.1f} MB, {log_bytes / MB:,.1f} MB of log"
    yield Finding("database file", seen, remedy, is_urgent=False)


def _server() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        number = int(cursor.fetchone()[0])
        cursor.execute("SHOW server_encoding")
        encoding = str(cursor.fetchone()[0])
        begun = time.perf_counter()
        for _ in range(ASKED):
            cursor.execute("SELECT 1")
        took_s = (time.perf_counter() - begun) / ASKED
    yield Finding("database", connection.vendor)
    major = number // 10_000
    remedy = f"Upgrade it to PostgreSQL {OLDEST_POSTGRESQL} at least."
    yield Finding("server", f"version {major}", remedy if major < OLDEST_POSTGRESQL else "")
    remedy = "Make the database anew with ENCODING 'UTF8', restore a backup into it."
    yield Finding("database text", encoding, "" if encoding == "UTF8" else remedy)
    remedy = "Each page asks it many times: bring it nearer." if took_s > SLOW_S else ""
    yield Finding("round trip", f"{1000 * took_s:.1f} ms", remedy, is_urgent=False)


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
