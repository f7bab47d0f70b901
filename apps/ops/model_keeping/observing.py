"""What became of the processes: ready, crashed, gone; each row is brought up to it."""

import logging
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, replace

from apps.core.config import Config
from apps.core.nodes import node_name
from apps.modelhub.models import ModelServer
from apps.ops.model_keeping.holds import Hold
from apps.ops.model_keeping.probing import Probe
from apps.ops.model_keeping.protocols import Phase, Processes, Seen
from apps.ops.model_keeping.servers import State, is_kept, move, note, plan_of

logger = logging.getLogger(__name__)
CRASHES_WITH_BUFFERS, CRASHES = 3, 6  # in a row; then other code is tried, then none
SETTLED_S = 60.0  # a model that was ready so long has not crashed "again"
HUNG_S = 120.0
ANY_HOST = frozenset({"0.0.0.0", "::"})  # noqa: S104
AT_WORK = frozenset({State.LOADING, State.READY})

Prober = Callable[[int, str], Probe | None]


@dataclass(slots=True)
class Observer:
    """Compares rows with processes. `holds` is shared with who loads and unloads."""

    processes: Processes
    probe: Prober
    holds: MutableMapping[str, Hold]

    def observe(self, server: ModelServer, seen: Seen | None, configuration: Config) -> None:
        """Bring one row up to what its process is. Safe to repeat."""
        name = server.model.name
        if server.state not in AT_WORK:
            if seen is not None and seen.phase != Phase.STOPPING:
                self.processes.stop(name)
            self.holds.pop(name, None)
        elif seen is None:
            self.holds.pop(name, None)
            is_wanted = is_kept(server, configuration)
            move(server, State.WANTED if is_wanted else State.STOPPED, url="", figures={})
        elif seen.phase == Phase.GIVEN_UP:
            self._give_up(server)
        elif seen.phase != Phase.STOPPING:
            self._look_at(server, seen, configuration)

    def _look_at(self, server: ModelServer, seen: Seen, configuration: Config) -> None:
        hold = self._hold(server)
        if hold is None:  # of an older version: loaded anew by this one
            self.processes.stop(server.model.name)
            return
        if seen.phase == Phase.RESTARTING or (hold.pid and seen.pid and seen.pid != hold.pid):
            self._count_crash(server, hold, seen)
            return
        hold.pid = seen.pid or hold.pid
        host = configuration.serving.host
        told = self.probe(hold.port, "127.0.0.1" if host in ANY_HOST else host)
        if self._is_hung(hold, told):
            self.processes.stop(server.model.name)
            self.holds.pop(server.model.name, None)
            words = f"it did not answer for {HUNG_S:.0f} s and was ended"
            move(server, State.FAILED, reason=words, url="", figures={})
        elif told is not None and told.is_ready:
            self._is_ready(server, hold, told, host)
        elif server.state == State.READY:
            hold.ready_since = None
            move(server, State.LOADING, reason="it does not answer", figures={})

    def _is_hung(self, hold: Hold, told: Probe | None) -> bool:
        """A process that is loading answers too, so silence means that it never will."""
        now = time.monotonic()
        hold.silent_since = None if told is not None else hold.silent_since or now
        return hold.silent_since is not None and now - hold.silent_since > HUNG_S

    def _hold(self, server: ModelServer) -> Hold | None:
        name = server.model.name
        if name not in self.holds and (plan := plan_of(server)) is not None:
            self.holds[name] = Hold(plan, server.port)  # another keeper started it
        return self.holds.get(name)

    def _is_ready(self, server: ModelServer, hold: Hold, told: Probe, host: str) -> None:
        now, figures = time.monotonic(), hold.figures(told)
        hold.ready_since = hold.ready_since or now
        if now - hold.ready_since > SETTLED_S:
            hold.crashes = 0
        if server.state == State.READY:
            note(server, figures=figures)
            return
        reachable = node_name() if host in ANY_HOST else host
        name = f"[{reachable}]" if ":" in reachable else reachable
        move(server, State.READY, url=f"http://{name}:{hold.port}", figures=figures)
        logger.info("%s answers on port %d", server.model.name, hold.port)

    def _count_crash(self, server: ModelServer, hold: Hold, seen: Seen) -> None:
        """It ended by itself; the supervisor starts it again, until that has proved to be vain."""
        if not hold.pid and seen.pid == 0:
            return  # counted already, and not back yet
        hold.crashes, hold.pid = hold.crashes + 1, seen.pid
        hold.ready_since = hold.silent_since = None
        why = self.processes.last_words(server.model.name) or "it was killed, or left no word"
        logger.warning("%s ended by itself: %s", server.model.name, why)
        if hold.crashes >= CRASHES:
            self._give_up(server)
        elif hold.crashes >= CRASHES_WITH_BUFFERS and hold.plan.extra_buffers:
            self.processes.stop(server.model.name)
            words = "it crashed again and again: loaded without repacked weights"
            plain = {**server.plan, "extra_buffers": False}
            hold.plan = replace(hold.plan, extra_buffers=False)
            move(server, State.WANTED, reason=words, plan=plain, url="", figures={})
        else:
            move(server, State.LOADING, reason=f"started again: {why}", figures={})

    def _give_up(self, server: ModelServer) -> None:
        name = server.model.name
        why = self.processes.last_words(name) or "it ends again and again, without a word"
        self.processes.stop(name)
        self.holds.pop(name, None)
        move(server, State.FAILED, reason=f"{why}; see: clawdbot logs model-{name}", url="")
