"""Of which tables a backup is made, and whether the program knows them."""

from collections.abc import Sequence
from typing import TypeAlias

from django.apps import apps as current
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models import Model

from apps.ops.backups.refusals import SchemaUnknown

Migration: TypeAlias = tuple[str, str]
ORIGINALS = frozenset({"knowledge.originalpart", "knowledge.originalsplace"})  # not as rows
# What a node, a process or a session says of itself: true of the old installation only, or for
# minutes. Everything else is kept, also tables that nobody thought of here.
NOT_KEPT = frozenset(
    {
        "accounts.signinattempts",
        "api.idempotencyrecord",
        "core.lease",
        "core.nodeprocess",
        *ORIGINALS,
        "modelhub.modelserver",
        "ops.ledgergauge",
        "ops.backup",
        "retrieval.generationindex",
        "retrieval.nodeindex",
        "retrieval.vectorstore",
        "sessions.session",
    }
)


def applied() -> list[Migration]:
    """The migrations that the database has. Raises SchemaUnknown for one of a newer program."""
    loader = MigrationLoader(connection)
    found = [one for one in loader.applied_migrations or () if one[0] in loader.migrated_apps]
    _require_known(found, loader)
    return sorted(found)


def models_kept() -> list[type[Model]]:
    """A model for each table that is kept, as the tables of the database are now, by label.

    Raises SchemaUnknown.
    """
    return [model for model in models_there() if label_of(model) not in NOT_KEPT]


def models_there() -> list[type[Model]]:
    """The same for all tables."""
    loader = MigrationLoader(connection)
    leaves = _leaves(applied(), loader)
    is_current = set(leaves) == set(loader.graph.leaf_nodes())
    models = current if is_current else loader.project_state(leaves).apps
    there = (
        model
        for model in models.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    )
    return sorted(there, key=label_of)


def label_of(model: type[Model]) -> str:
    """app.model, in small letters."""
    return model._meta.label_lower


def require_known(wanted: Sequence[Migration]) -> None:
    """Raises SchemaUnknown when this program lacks one of the migrations."""
    _require_known(wanted, MigrationLoader(connection))


def tables_make(wanted: Sequence[Migration]) -> None:
    """Drop this program's tables, which hold nothing; make them as these migrations left them."""
    _tables_drop()
    executor = MigrationExecutor(connection)
    executor.migrate(_leaves(wanted, executor.loader))


def _tables_drop() -> None:
    ours = {model._meta.db_table for model in current.get_models(include_auto_created=True)}
    there = set(connection.introspection.table_names()) & (ours | {"django_migrations"})
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys=OFF")
        how = "" if connection.vendor == "sqlite" else " CASCADE"
        for table in sorted(there):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)}{how}")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys=ON")


def _leaves(migrations: Sequence[Migration], loader: MigrationLoader) -> list[Migration]:
    """Those that none of the others of the same app builds on."""
    there = set(migrations)
    return [
        one
        for one in sorted(there)
        if not any(
            child.key in there and child.key[0] == one[0]
            for child in loader.graph.node_map[one].children
        )
    ]


def _require_known(migrations: Sequence[Migration], loader: MigrationLoader) -> None:
    unknown = sorted(set(migrations) - set(loader.graph.nodes))
    if unknown:
        raise SchemaUnknown(
            f"These tables are of a newer program ({'.'.join(unknown[-1])}): use that one, or a "
            "newer one still."
        )
