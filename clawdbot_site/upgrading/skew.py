"""Nodes of an installation may be one minor version apart, and no more."""

from collections.abc import Iterable

from django.db import connection

from apps.core import clock
from apps.core.errors import Conflict
from apps.core.node_records import NodeProcess
from apps.core.nodes import node_name
from apps.core.schema_records import SchemaChange
from apps.core.version import VERSION, minor_of
from apps.ops.nodes.findings import MINORS_APART
from apps.ops.nodes.selectors import silent_after


def require_near() -> None:
    """Refuse to start beside nodes, or on tables, that are further away.

    Raises Conflict with one line that says what to do. Looks at nothing where no version has been
    told of yet.
    """
    if reason := refusal(VERSION, living(), schema_version()):
        raise Conflict(reason)


def living() -> list[tuple[str, str]]:
    """Other nodes that are heard of, each with the versions that its processes run."""
    return [(name, version) for name, version in everybody() if name != node_name()]


def everybody() -> list[tuple[str, str]]:
    """The same with this node, whose processes may be those of the program before."""
    if not _is_there(NodeProcess._meta.db_table):
        return []
    heard = NodeProcess.objects.filter(seen_at__gte=clock.now() - silent_after())
    # No more columns than that: the tables may be a first start's that was killed half-way
    return sorted(set(heard.values_list("node", "version")))


def schema_version() -> str:
    """The version whose tables they are; empty: of a program that did not tell."""
    if not _is_there(SchemaChange._meta.db_table):
        return ""
    return SchemaChange.objects.values_list("version", flat=True).first() or ""


def refusal(own: str, others: Iterable[tuple[str, str]], schema: str) -> str:
    """Why `own` must not start; empty: it may."""
    for name, version in others:
        if _apart(own, version) > MINORS_APART:
            return (
                f"The node {name} runs version {version}, this program is {own}: nodes may be one "
                "minor version apart. Go by way of the versions between, or stop that node first."
            )
    if schema and minor_of(schema) > minor_of(own) and _apart(own, schema) > MINORS_APART:
        return (
            f"The tables are those of version {schema}, this program is {own}: it works on those "
            "of the next minor version at most. Install a newer one, or restore a backup."
        )
    return ""


def _apart(one: str, other: str) -> int:
    (major, minor), (other_major, other_minor) = minor_of(one), minor_of(other)
    return abs(minor - other_minor) if major == other_major else MINORS_APART + 1


def _is_there(table: str) -> bool:
    return table in connection.introspection.table_names()
