"""Whether nothing is here yet: the only place a backup is put back to."""

from datetime import timedelta

from django.db import connection

from apps.core import clock
from apps.core.models import NodeProcess
from apps.ops.backups.refusals import NotEmpty

# What people made. The administrator that the first start makes, with a key, is nobody's work.
MADE = {
    "knowledge_collection": "collections",
    "knowledge_document": "documents",
    "generation_trace": "questions",
    "knowledge_erasure": "receipts of deletions",
}
SILENT = timedelta(seconds=30)  # then a process that was killed is taken for gone
USERS = "accounts_user"


def require_empty() -> None:
    """Raises NotEmpty when the database holds anything of anybody."""
    there = set(connection.introspection.table_names())
    found = {what: _count(table) for table, what in MADE.items() if table in there}
    if USERS in there:
        found["people beside the first administrator"] = _count(USERS) - 1
    if held := [f"{count} {what}" for what, count in found.items() if count > 0]:
        raise NotEmpty(
            f"There is something here: {', '.join(held)}. A backup is put back into an "
            "installation that holds nothing: another folder, another database."
        )


def require_nobody() -> None:
    """Raises NotEmpty while a process of any node reports itself to this database."""
    if NodeProcess._meta.db_table not in connection.introspection.table_names():
        return
    alive = NodeProcess.objects.filter(seen_at__gte=clock.now() - SILENT)
    if found := sorted(set(alive.values_list("node", flat=True))):
        raise NotEmpty(f"Clawdbot runs on {', '.join(found)}. Stop it there first: clawdbot stop")


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        quoted = connection.ops.quote_name(table)
        cursor.execute(f"SELECT COUNT(*) FROM {quoted}")  # noqa: S608 - a name of ours
        return int(cursor.fetchone()[0])
