"""The keeper's round: look, decide anew where limits changed, load, make room."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from apps.core import clock
from apps.core.config import Config
from apps.modelhub.models import ModelServer
from apps.ops.model_keeping import servers
from apps.ops.model_keeping.holds import Hold
from apps.ops.model_keeping.limits import Limits, planned, wishes_for
from apps.ops.model_keeping.loading import Loader, evictable, facts_of
from apps.ops.model_keeping.observing import Observer, Prober
from apps.ops.model_keeping.protocols import Memory, Phase, Processes
from apps.ops.model_keeping.servers import State, is_kept
from apps.serving.errors import ModelUnusable
from apps.serving.hardware import Hardware
from apps.serving.plan import Plan

logger = logging.getLogger(__name__)
REFUSED_RETRY_S, FAILED_RETRY_S = 10.0, 300.0
RELIEF_EVERY_S = 10.0
PATIENCE_S = 60.0  # for requests under way, before a plan that changed ends them
STILL_WANTED = timedelta(minutes=1)  # after the last request for it
DECIDES = ("threads", "gpu_layers", "context", "parallel", "batch", "queue")


class Keeper:
    """Keeps this node's models. One for each node; another one may take over at any time."""

    def __init__(
        self, processes: Processes, probe: Prober, *,
        configure: Callable[[], Config], look: Callable[[], Hardware],
    ) -> None:  # fmt: skip
        self._processes, self._configure, self._look = processes, configure, look
        self._holds: dict[str, Hold] = {}
        self._observer = Observer(processes, probe, self._holds)
        self._loader = Loader(processes, self._holds)
        self._fingerprint: tuple[object, ...] | None = None
        self._named: frozenset[str] = frozenset()
        self._tried: dict[str, float] = {}  # when a refused or failed one was tried last
        self._relieved_at = 0.0

    def round(self) -> None:
        """Look at everything once, and do what follows from it."""
        limits = Limits(self._configure(), self._look())
        named = frozenset(limits.configuration.serving.models)
        if named - self._named:
            servers.declare(named - self._named)
        self._named = named
        rows, seen = servers.of_node(), self._processes.seen()
        for server in rows:
            self._observer.observe(server, seen.get(server.model.name), limits.configuration)
        for name in seen.keys() - {server.model.name for server in rows}:
            self._processes.stop(name)  # its model was removed
            self._holds.pop(name, None)
        self._decide_anew(rows, limits)
        self._load_next(rows, limits)
        self._relieve(rows, limits)
        servers.beat(rows)

    def _decide_anew(self, rows: Sequence[ModelServer], limits: Limits) -> None:
        """Where limits changed: what no longer fits goes, what would be planned differently is
        loaded anew once it is idle."""
        is_changed = self._fingerprint not in (None, limits.fingerprint)
        self._fingerprint = limits.fingerprint
        if is_changed:
            logger.info("limits changed: plans are made anew")
            self._tried.clear()
            memory = self._processes.memory()
            for server in rows:
                if server.state in (State.READY, State.LOADING):
                    self._compare(server, limits, memory)
        now = time.monotonic()
        for server in rows:
            hold = self._holds.get(server.model.name)
            if hold is None or hold.outdated_since is None:
                continue
            if not hold.at_work or now - hold.outdated_since > PATIENCE_S:
                self._loader.unload(server, "limits changed: planned anew")
                servers.move(server, State.WANTED, reason=server.reason)

    def _compare(self, server: ModelServer, limits: Limits, memory: Memory) -> None:
        hold = self._holds.get(server.model.name)
        if hold is None:
            return
        try:
            facts = facts_of(server.model)
        except ModelUnusable:
            return  # it runs from what it has loaded
        held = {name: one.plan for name, one in self._holds.items() if name != server.model.name}
        wishes = wishes_for(
            server.model, limits.configuration, extra_buffers=hold.plan.extra_buffers
        )
        own = memory.models.get(server.model.name, 0)
        hardware = limits.with_free(own, gpu_bytes=hold.plan.gpu_bytes).hardware
        decided = planned(wishes, facts, hardware, memory, held)
        if not isinstance(decided, Plan):
            self._loader.unload(server, decided.sentence)
            servers.move(server, State.REFUSED, reason=decided.sentence)
        elif any(getattr(decided, name) != getattr(hold.plan, name) for name in DECIDES):
            hold.outdated_since = time.monotonic()
        else:
            hold.outdated_since = None

    def _load_next(self, rows: Sequence[ModelServer], limits: Limits) -> None:
        """One at a time: what a loading model takes is known once it is loaded."""
        if any(server.state == State.LOADING for server in rows):
            return
        wanted = [server for server in rows if self._is_due(server, limits.configuration)]
        seen = self._processes.seen() if wanted else {}
        if any(one.phase == Phase.STOPPING for one in seen.values()):
            return  # and what a stopping one takes, once it is gone
        wanted.sort(key=lambda one: (not is_kept(one, limits.configuration), one.model.name))
        for server in wanted:
            self._tried[server.model.name] = time.monotonic()
            self._loader.load(server, rows, limits)
            if server.state == State.LOADING:
                return

    def _is_due(self, server: ModelServer, configuration: Config) -> bool:
        if server.state == State.WANTED:
            return True
        pause_s = {State.REFUSED: REFUSED_RETRY_S, State.FAILED: FAILED_RETRY_S}.get(
            State(server.state)
        )
        if pause_s is None:
            return False
        is_asked_for = (
            server.last_used_at is not None and clock.now() - server.last_used_at < STILL_WANTED
        )
        since = time.monotonic() - self._tried.get(server.model.name, float("-inf"))
        return since >= pause_s and (is_asked_for or is_kept(server, configuration))

    def _relieve(self, rows: Sequence[ModelServer], limits: Limits) -> None:
        """Where memory gets tight, the least recently used model goes, one at a time."""
        now = time.monotonic()
        if not self._holds or now - self._relieved_at < RELIEF_EVERY_S:
            return
        self._relieved_at = now
        promised = sum(hold.plan.memory_bytes for hold in self._holds.values())
        why = limits.shortage(self._processes.memory(), promised)
        victims = evictable(rows, self._holds, limits) if why else []
        if victims:
            self._loader.unload(victims[0], f"unloaded: {why}")
        elif why:
            logger.warning("%s, and no idle model may be unloaded", why)
