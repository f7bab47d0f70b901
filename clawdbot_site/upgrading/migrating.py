"""Brings the tables to where this program needs them, and back by one minor version."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from apps.core.errors import Conflict
from apps.core.nodes import node_name
from apps.core.schema_records import SchemaChange
from apps.core.version import VERSION, minor_of
from clawdbot_site.cli.console import counted
from clawdbot_site.installation import migrations
from clawdbot_site.upgrading import releases, skew
from clawdbot_site.upgrading.one_at_a_time import Tell, tables_held
from clawdbot_site.upgrading.pending import is_empty

LOCK_TIMEOUT_S = 3  # a change that waits for a table keeps everybody behind it waiting
TRIES = 40
PAUSE_S = 3.0
LOCK_NOT_AVAILABLE = "55P03"  # https://www.postgresql.org/docs/current/errcodes-appendix.html


def tables_up_to_date(tell: Tell, *, back_up: Callable[[], None]) -> Sequence[str]:
    """Apply what is missing, one node at a time; the names of what was applied.

    `back_up` is called before anything changes, where there is something to lose. Raises Conflict
    where nodes are too far apart, or tables stay locked by somebody; what `back_up` raises.
    """
    if not migrations.unapplied():
        skew.require_near()
        return []
    with tables_held(tell):
        skew.require_near()
        missing = migrations.unapplied()  # another node may have been quicker
        if missing:
            if not is_empty():
                back_up()
            tell(f"preparing the database: {counted(len(missing), 'migration')}")
            _patiently(lambda: call_command("migrate", interactive=False, verbosity=0), tell)
            _record(VERSION, missing)
        return missing


def tables_back(tell: Tell, *, back_up: Callable[[], None]) -> Sequence[str]:
    """Take back what came since the minor version before; the names of what was taken back.

    Only needed to go further back than one minor version: the program before works on these tables.
    Raises Conflict when a node of this version works, or something cannot be taken back.
    """
    minor = releases.before(minor_of(VERSION))
    if minor is None:
        raise Conflict(f"No version before {VERSION} is known.")
    with tables_held(tell):
        if busy := [name for name, version in skew.everybody() if minor_of(version) > minor]:
            raise Conflict(f"Stop the nodes of version {VERSION} first: {', '.join(busy)}.")
        plan = _way_back(minor)
        if not plan:
            return []
        back_up()
        # Its own table may go with the rest: the record is written first
        _record(".".join(map(str, minor)) + ".0", plan)
        for app, name in _targets(minor):
            _patiently(partial(call_command, "migrate", app, name, verbosity=0), tell)
        return plan


def _way_back(minor: releases.Minor) -> list[str]:
    executor = MigrationExecutor(connection)
    plan = [
        migration
        for migration, is_backwards in executor.migration_plan(
            [(app, None if name == "zero" else name) for app, name in _targets(minor)]
        )
        if is_backwards
    ]
    names = [f"{migration.app_label}.{migration.name}" for migration in plan]
    fixed = [
        name
        for name, migration in zip(names, plan, strict=True)
        if not all(operation.reversible for operation in migration.operations)
    ]
    if fixed:
        raise Conflict(f"{', '.join(fixed)} cannot be taken back. Restore a backup instead.")
    return names


def _targets(minor: releases.Minor) -> list[tuple[str, str]]:
    heads = releases.HEADS[minor]
    ours = {app for known in releases.HEADS.values() for app in known}
    added = [app for app in _apps_of_ours() if app not in ours]
    return [*((app, "zero") for app in added), *heads.items()]


def _apps_of_ours() -> list[str]:
    loader = MigrationExecutor(connection).loader
    return sorted(
        app
        for app in loader.migrated_apps
        if any(
            node.__module__.startswith(("apps.", "ingest."))
            for key, node in loader.disk_migrations.items()
            if key[0] == app
        )
    )


def _record(version: str, names: Sequence[str]) -> None:
    SchemaChange.objects.create(version=version, node=node_name(), migrations=list(names))


def _patiently(change: Callable[[], object], tell: Tell) -> None:
    """Run it; where a table is in use for long, let the others through and try again."""
    for left in range(TRIES - 1, -1, -1):
        try:
            with _short_waits():
                change()
            return
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
                raise
            if not left:
                raise Conflict(
                    "A table stays in use. Look for long transactions, then start again: what "
                    "was applied stays."
                ) from None
            tell("a table is in use; trying again")
            time.sleep(PAUSE_S)


@contextmanager
def _short_waits() -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_TIMEOUT_S}s'")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
