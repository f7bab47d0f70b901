"""The migrations that the database lacks, with what each does to those who work meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apps.accounts.models import User
from clawdbot_site.upgrading.operations import Step, steps

ROWS_PER_S = 200_000  # read and written again; a slow disk


@dataclass(frozen=True, slots=True)
class Pending:
    """A migration to come. `locks_s`: for how long writers of a table may wait, at a guess."""

    name: str
    steps: Sequence[Step]
    locks_s: float

    @property
    def problems(self) -> Sequence[str]:
        """Why programs of the minor before would stop working; empty: they go on."""
        return [f"{step.what}: {step.problem}" for step in self.steps if step.problem]


def pending() -> Sequence[Pending]:
    """In the order in which they would be applied. Raises DatabaseError."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    state = executor._create_project_state(with_applied_migrations=True)  # type: ignore[attr-defined]
    there, found = set(connection.introspection.table_names()), []
    for migration, _ in plan:
        judged = steps(migration, state)
        locked = sum(
            _rows(step.table) for step in judged if step.is_rewrite and step.table in there
        )
        found.append(
            Pending(f"{migration.app_label}.{migration.name}", judged, locked / ROWS_PER_S)
        )
    return found


def is_empty() -> bool:
    """Nobody was ever let in here, as before the first start has come to its end, also where it was
    killed half-way: there is nobody to be kept working, and nothing to lose.
    """
    has_people = User._meta.db_table in connection.introspection.table_names()
    return not has_people or not User.objects.exists()


def _rows(table: str) -> int:
    """About how many; PostgreSQL keeps count, SQLite knows its largest key."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT reltuples FROM pg_class WHERE oid = to_regclass(%s)", [table])
        else:
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT max(rowid) FROM {name}")  # noqa: S608  a name of ours
        row = cursor.fetchone()
    return max(0, int(row[0] or 0)) if row else 0
