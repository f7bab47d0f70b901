"""What a bundle tells of the installation: counts, versions, states; never what is in documents."""

import platform
import sys
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import distributions
from typing import Any

import psutil
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, Min

from apps.core import clock, config
from apps.core.version import VERSION
from apps.ops.ledger.selectors import totals, window
from apps.retrieval import index_damage, index_state
from apps.retrieval.models import EmbeddingGeneration, NodeIndex
from apps.serving import hardware
from clawdbot_site.installation import migrations
from ingest.models import Job

RANGES = ("24h", "30d")
COUNTED_BELOW = 100_000
# reltuples is -1 before the first VACUUM; a page holds some dozens of rows.
ESTIMATED = """
SELECT relname, greatest(reltuples, relpages * 20)::bigint FROM pg_class WHERE relkind = 'r'
"""


def versions() -> dict[str, Any]:
    """Of the program, what it runs on and what it is made of."""
    packages = {one.metadata["Name"]: one.version for one in distributions()}
    return {
        "clawdbot": VERSION,
        "python": sys.version,
        "system": platform.platform(),
        "packages": dict(sorted(packages.items(), key=lambda item: str(item[0]).lower())),
    }


def machine() -> dict[str, Any]:
    """What it has, and how much of it is free."""
    found = asdict(hardware.read())
    disk, swap = psutil.disk_usage(str(config.load().data_dir)), psutil.swap_memory()
    return found | {
        "load": psutil.getloadavg(),
        "disk": {"total_bytes": disk.total, "free_bytes": disk.free},
        "swap": {"total_bytes": swap.total, "used_bytes": swap.used},
        "booted_at": psutil.boot_time(),
    }


def database() -> dict[str, Any]:
    """Which one, how large, which migrations it has and lacks, rows of each table."""
    return {
        "vendor": connection.vendor,
        "version": _database_version(),
        "applied": sorted(
            ".".join(key) for key in MigrationRecorder(connection).applied_migrations()
        ),
        "missing": migrations.unapplied(),
        "rows": _rows(),
    }


def index() -> dict[str, Any]:
    """How each node's index stands, which embedding models there are, what was damaged."""
    generations = EmbeddingGeneration.objects.annotate(vectors_n=Count("vectors"))
    return {
        "here": asdict(index_state.status()),
        "nodes": [_node(one) for one in NodeIndex.objects.order_by("node")],
        "generations": [
            {"model": one.model_sha256[:12], "dimension": one.dimension, "state": one.state,
             "vectors": one.vectors_n, "built_at": one.built_at}
            for one in generations
        ],
        "incidents": len(index_damage.latest()),
    }  # fmt: skip


def jobs() -> list[dict[str, Any]]:
    """How many of each kind are in which state, why they failed, the oldest of each."""
    groups = Job.objects.order_by("kind", "state", "stage", "error_code")
    counted = groups.values("kind", "state", "stage", "error_code").annotate(
        count=Count("id"), oldest=Min("waiting_since")
    )
    return [dict(row) for row in counted]


def requests() -> Mapping[str, Any]:
    """What became of them, and how long they took."""
    return {name: asdict(totals(window(name))) for name in RANGES} | {"told_at": clock.now()}


def _node(one: NodeIndex) -> dict[str, Any]:
    """Without the examples of what differs: they name documents."""
    found = one.verification.get("findings", [])
    return {
        "node": one.node,
        "generation": one.generation,
        "change_seq": one.change_seq,
        "rows": one.rows,
        "purged_seq": one.purged_seq,
        "updated_at": one.updated_at,
        "verified_at": one.verified_at,
        "drift": [{"drift": drift["drift"], "count": drift["count"]} for drift in found],
    }


def _database_version() -> str:
    with connection.cursor() as cursor:
        sql = "SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version"
        cursor.execute(sql)
        return str(cursor.fetchone()[0])


def _rows() -> dict[str, int]:
    """Large tables of PostgreSQL as its planner knows them: counting would read everything."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        estimated: dict[str, int] = {}
        if connection.vendor == "postgresql":
            cursor.execute(ESTIMATED)
            estimated = {name: int(rows) for name, rows in cursor.fetchall()}
        return {table: _count(cursor, table, estimated.get(table, 0)) for table in tables}


def _count(cursor: Any, table: str, estimated: int) -> int:
    if estimated > COUNTED_BELOW:
        return estimated
    cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
    return int(cursor.fetchone()[0])
