"""Whether this process can answer questions now."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import Error, connection, connections
from django.db.migrations.executor import MigrationExecutor

from apps.api.checker import Checker
from apps.api.warming import WarmUp
from apps.core import config, draining
from apps.core.at_work import requests
from apps.core.node_report import Observed, State
from apps.knowledge import changes
from apps.ops.nodes.gate import Gate, Standing, has_better_node
from apps.retrieval import shared_vectors
from apps.retrieval.index_standing import index_standing

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Ready when every check is; each tells `ok` and what else it knows."""

    checks: Mapping[str, Mapping[str, Any]]

    @property
    def is_ready(self) -> bool:
        return all(check["ok"] for check in self.checks.values())

    @property
    def missing(self) -> Sequence[str]:
        """Names of the checks that say no."""
        return [name for name, check in self.checks.items() if not check["ok"]]


warm_up = WarmUp()
gate = Gate(has_better_node)
_is_migrated = False
_trouble = ""


def readiness() -> Readiness:
    """The state of all parts, at most a second old; that of the drain is of now.

    Starts loading the models when they are not. Never waits long for a database that hangs.
    """
    found = checker.ask()
    if draining.is_draining():
        return Readiness({**found.checks, "drain": {"ok": False, "message": "It stops."}})
    return found


def observed() -> Observed:
    """What this web process tells the other nodes of itself."""
    found = readiness()
    index = found.checks.get("index", {})
    figures = {
        "requests": requests.running,
        "requests_total": requests.total,
        "is_behind": bool(index.get("is_behind")),
    }
    return Observed(_state(found), ", ".join(found.missing), figures)


def _state(found: Readiness) -> State:
    if found.is_ready:
        return State.READY
    if draining.is_draining():
        return State.DRAINING
    is_loading = found.missing == ["models"] and warm_up.state == "loading"
    return State.STARTING if is_loading else State.UNREADY


def check() -> Readiness:
    """Look at every part now. Tried twice: a connection may have been closed while nobody asked."""
    try:
        checks = _database_checks()
    except Error:
        connections.close_all()
        try:
            checks = _database_checks()
        except Error as error:
            connections.close_all()
            _tell_once(str(error))
            return SILENCE
    _tell_once("")
    if checks["migrations"]["ok"]:
        warm_up.start()
    checks["models"] = {"ok": warm_up.state == "warm", "state": warm_up.state}
    return Readiness(checks)


def _database_checks() -> dict[str, Mapping[str, Any]]:
    checks: dict[str, Mapping[str, Any]] = {"drain": {"ok": True}, "database": _database()}
    checks["migrations"] = {"ok": _are_migrations_applied()}
    if checks["migrations"]["ok"]:
        checks["index"] = _index()
        checks |= _vectors()
    return checks


def _tell_once(trouble: str) -> None:
    """Each process asks every other second: one line when it begins, none as long as it lasts."""
    global _trouble  # noqa: PLW0603 - one value for the process
    if trouble and not _trouble:
        logger.error("the database does not answer: %s", trouble)
    _trouble = trouble


def _database() -> Mapping[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"ok": True, "vendor": connection.vendor}


def _are_migrations_applied() -> bool:
    """Asked until it is so; an applied migration stays applied while this program runs."""
    global _is_migrated  # noqa: PLW0603 - one value for the process
    if not _is_migrated:
        executor = MigrationExecutor(connection)
        _is_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _is_migrated


def _vectors() -> dict[str, Mapping[str, Any]]:
    """Without Milvus questions are answered by words, which is better than not at all."""
    state = shared_vectors.state()
    if state is None:
        return {}
    return {"vectors": {"ok": True, "answers": bool(state.version), "lag": state.lag}}


def _index() -> Mapping[str, Any]:
    """What this process searches: never built is a reason to refuse; so is being far behind, or
    without files that were damaged, as long as others are not."""
    latest = changes.latest()
    searched = index_standing()
    if searched is None:  # the indexer is at work, nothing is published
        return {"ok": latest == 0, "generation": 0, "change_seq": 0, "lag": latest}
    lag = max(latest - searched.change_seq, 0)
    standing = Standing(lag, searched.missing_files > 0, config.load().node.max_lag)
    return {
        "ok": gate.look(standing),
        "generation": searched.generation,
        "change_seq": searched.change_seq,
        "lag": lag,
        "is_behind": standing.is_behind,
        "missing_files": searched.missing_files,
    }


SILENCE = Readiness({"database": {"ok": False, "message": "The database does not answer."}})
checker = Checker(check, SILENCE)
