"""Loading the models before the first question."""

import logging
import threading
import time

from django.db import Error, connections

from apps.core.errors import ClawdbotError
from apps.generation.engines.builtin import BuiltinEngine
from apps.knowledge.access import Scope
from apps.retrieval.reader import loading as reader
from apps.retrieval.search import search

logger = logging.getLogger(__name__)
RETRY_S = 5.0


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
        except (ClawdbotError, Error, OSError):
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
