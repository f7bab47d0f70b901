"""Whether this process can answer questions now."""

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from apps.core.errors import ClawdbotError
from apps.core.nodes import node_name
from apps.generation.engines.builtin import BuiltinEngine
from apps.knowledge import changes
from apps.knowledge.access import Scope
from apps.retrieval import shared_vectors
from apps.retrieval.models import NodeIndex
from apps.retrieval.reader import loading as reader
from apps.retrieval.search import search

logger = logging.getLogger(__name__)
KEPT_S = 1.0
RETRY_S = 5.0


@dataclass(frozen=True, slots=True)
class Readiness:
    """Ready when every check is; each tells `ok` and what else it knows."""

    checks: Mapping[str, Mapping[str, Any]]

    @property
    def is_ready(self) -> bool:
        return all(check["ok"] for check in self.checks.values())


class WarmUp:
    """Loads the models in the background, so that the first question is as quick as any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ended_at = 0.0
        self.state = "cold"  # cold, loading, warm, failed

    def start(self) -> None:
        """Begin, unless it is done or under way. After a failure it is tried again in a while."""
        with self._lock:
            is_pausing = time.monotonic() - self._ended_at < RETRY_S
            if self.state in {"loading", "warm"} or (self.state == "failed" and is_pausing):
                return
            self.state = "loading"
            self._thread = threading.Thread(target=self._run, daemon=True, name="warm-up")
            self._thread.start()

    def wait(self, timeout_s: float) -> None:
        """Until it ended, or time is up."""
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _run(self) -> None:
        outcome = "failed"
        try:
            load_models()
            outcome = "warm"
        except (ClawdbotError, DatabaseError, OSError):
            logger.exception("the models cannot be loaded")
        finally:  # a bug goes on to the log by itself
            self._ended_at = time.monotonic()
            self.state = outcome
            connections.close_all()


def load_models() -> None:
    """Ask a question of nothing: loads the models, opens the index, warms the engine."""
    search("warm up 预热", scope=Scope(user_id=0, collection_ids=frozenset()))
    reader.warm_up()
    BuiltinEngine().warm_up()


warm_up = WarmUp()
_kept: tuple[float, Readiness] | None = None
_is_migrated = False


def readiness() -> Readiness:
    """The state of all parts, at most a second old. Starts loading the models when they are not."""
    global _kept  # noqa: PLW0603 - one value for the process
    if _kept is None or time.monotonic() - _kept[0] > KEPT_S:
        _kept = (time.monotonic(), _checked())
    return _kept[1]


def _checked() -> Readiness:
    try:
        checks: dict[str, Mapping[str, Any]] = {"database": _database()}
        checks["migrations"] = {"ok": _are_migrations_applied()}
        if checks["migrations"]["ok"]:
            checks["index"] = _index()
            checks |= _vectors()
    except DatabaseError:
        logger.exception("the database does not answer")
        return Readiness({"database": {"ok": False, "message": "The database does not answer."}})
    if checks["migrations"]["ok"]:
        warm_up.start()
    checks["models"] = {"ok": warm_up.state == "warm", "state": warm_up.state}
    return Readiness(checks)


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
    """Lagging behind is no reason to refuse questions; never having been built is."""
    latest = changes.latest()
    built = NodeIndex.objects.filter(node=node_name()).first()
    if built is None or not built.generation:  # the indexer is at work, nothing is published
        return {"ok": latest == 0, "generation": 0, "change_seq": 0, "lag": latest}
    return {
        "ok": True,
        "generation": built.generation,
        "change_seq": built.change_seq,
        "lag": max(latest - built.change_seq, 0),
    }
