"""Whether the database is as the program needs it."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def unapplied() -> list[str]:
    """Names of the migrations that the database still lacks."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
