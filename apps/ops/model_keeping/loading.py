"""Loads what is wanted; makes room for it; refuses what cannot fit."""

import json
import logging
import socket
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec

from apps.core import clock
from apps.modelhub.checking import model_check
from apps.modelhub.files import path_of
from apps.modelhub.models import Model, ModelServer
from apps.ops.model_keeping.holds import Hold
from apps.ops.model_keeping.limits import Limits, planned, wishes_for
from apps.ops.model_keeping.protocols import Memory, Processes
from apps.ops.model_keeping.servers import State, is_kept, move
from apps.serving.errors import ModelUnusable
from apps.serving.gguf import ModelFacts, read_header
from apps.serving.plan import Plan
from apps.serving.planning import Refusal

logger = logging.getLogger(__name__)
NOT_INSTALLED = "llama.cpp is not installed here; run: make serving"
PORTS_TRIED = 200
RESTED = timedelta(seconds=10)


@dataclass(slots=True)
class Loader:
    """Starts processes of models. `holds` is shared with who watches them."""

    processes: Processes
    holds: MutableMapping[str, Hold]

    def load(self, server: ModelServer, others: Sequence[ModelServer], limits: Limits) -> None:
        """Start it, or first unload what it is worth, or leave it refused or failed with why."""
        try:
            facts = facts_of(server.model)
        except ModelUnusable as unusable:
            move(server, State.FAILED, reason=str(unusable))
            return
        memory = self.processes.memory()
        decided = self._planned(server, facts, limits, memory, without=())
        if isinstance(decided, Plan):
            self._start(server, decided, limits)
            return
        for victims in _growing(_rested(evictable(others, self.holds, limits))):
            if isinstance(self._planned(server, facts, limits, memory, without=victims), Plan):
                for victim in victims:
                    self.unload(victim, f"unloaded to make room for {server.model.name}")
                return  # it is started once their memory is back
        if server.state != State.REFUSED or server.reason != decided.sentence:
            move(server, State.REFUSED, reason=decided.sentence, plan={})

    def unload(self, server: ModelServer, why: str) -> None:
        """Stop it; the next request wants it again."""
        logger.info("%s: %s", server.model.name, why)
        self.processes.stop(server.model.name)
        self.holds.pop(server.model.name, None)
        move(server, State.STOPPED, reason=why, url="", figures={})

    def _planned(
        self, server: ModelServer, facts: ModelFacts, limits: Limits, memory: Memory,
        *, without: Sequence[ModelServer],
    ) -> Plan | Refusal:  # fmt: skip
        gone = {server.model.name, *(one.model.name for one in without)}
        held = {name: hold.plan for name, hold in self.holds.items() if name not in gone}
        freed = sum(memory.models.get(one.model.name, 0) for one in without)
        on_gpus = sum(self.holds[one.model.name].plan.gpu_bytes for one in without)
        wishes = wishes_for(
            server.model,
            limits.configuration,
            extra_buffers=server.plan.get("extra_buffers", True),
        )
        hardware = limits.with_free(freed, gpu_bytes=on_gpus).hardware
        return planned(wishes, facts, hardware, memory, held)

    def _start(self, server: ModelServer, plan: Plan, limits: Limits) -> None:
        host, name = limits.configuration.serving.host, server.model.name
        taken = {hold.port for hold in self.holds.values()}
        port = _port(server, host, limits.configuration.serving.port, taken)
        if not port:
            words = f"port {server.port} is used by another program; stop that one, or name another"
            words += f" port: clawdbot start --model {name} --port N"
            move(server, State.FAILED, reason=words)
            return
        values = {"plan": json.loads(plan.to_json()), "port": port, "url": "", "figures": {}}
        if not move(server, State.LOADING, **values):
            return  # it is not wanted any more
        self.holds[name] = Hold(plan, port)
        self.processes.start(plan, host=host, port=port)
        logger.info("%s is loaded on port %d: %s", name, port, "; ".join(plan.reasons))


def facts_of(model: Model) -> ModelFacts:
    """What the file's header says. Raises ModelUnusable: it cannot be loaded here, and why."""
    if find_spec("llama_cpp") is None:
        raise ModelUnusable(NOT_INSTALLED)
    if problem := model_check(model):  # gone, changed, not fetched yet
        raise ModelUnusable(problem)
    try:
        return ModelFacts.from_json(model.facts)
    except KeyError:  # noted by an older version
        return read_header(path_of(model)).facts


def evictable(
    servers: Sequence[ModelServer], holds: Mapping[str, Hold], limits: Limits
) -> list[ModelServer]:
    """Those that may go, the least recently used first: not kept, nothing to do."""
    idle = [
        server
        for server in servers
        if server.state == State.READY
        and not is_kept(server, limits.configuration)
        and (hold := holds.get(server.model.name)) is not None
        and not hold.at_work
    ]
    return sorted(idle, key=lambda one: one.last_used_at.timestamp() if one.last_used_at else 0.0)


def _rested(servers: Sequence[ModelServer]) -> Sequence[ModelServer]:
    """Without those whose callers may be about to come back: two models would chase each other."""
    since = clock.now() - RESTED
    return [one for one in servers if one.last_used_at is None or one.last_used_at < since]


def _growing(servers: Sequence[ModelServer]) -> Iterator[Sequence[ModelServer]]:
    for count in range(1, len(servers) + 1):
        yield servers[:count]


def _port(server: ModelServer, host: str, first: int, taken: set[int]) -> int:
    """The port that was asked for, its last one, or the next free one; 0: it cannot be had."""
    if server.port and server.is_pinned:
        return int(server.port) if _is_free(host, server.port) else 0
    tried: list[int] = [server.port] if server.port else []
    for port in [*tried, *range(first, min(first + PORTS_TRIED, 65536))]:
        if port not in taken and _is_free(host, port):
            return int(port)
    return 0


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
