"""Tries a model out: its own server process, started for that, asked, timed, ended."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx

from apps.core import clock, config
from apps.core.config import REPOSITORY
from apps.core.errors import Conflict
from apps.core.nodes import node_name
from apps.modelhub.models import Model
from apps.ops.model_keeping import servers
from apps.ops.model_keeping.limits import planned, wishes_for
from apps.ops.model_keeping.loading import NOT_INSTALLED
from apps.ops.model_keeping.protocols import Memory
from apps.serving import hardware
from apps.serving.gguf import ModelFacts
from apps.serving.plan import Plan
from apps.serving.planning import Refusal
from clawdbot_site.installation import machine
from clawdbot_site.supervision import model_timing
from clawdbot_site.supervision.model_programs import PASSED_ON, SupervisedModels

LOADING_S = 600.0
ENDING_S = 10.0
BUSY_SHARE = 0.5  # of the model's threads, taken by other programs
_PORT = re.compile(r" on http://127\.0\.0\.1:(\d+) ")

Tell = Callable[[str], None]


def plan_for(model: Model) -> Plan | Refusal:
    """How the model would be loaded beside those that are."""
    settings = config.load()
    held = {
        server.model.name: plan
        for server in servers.of_node()
        if server.state in {servers.State.LOADING, servers.State.READY}
        and server.model_id != model.pk
        and (plan := servers.plan_of(server)) is not None
    }
    memory = Memory(node=0)
    with suppress(Conflict):  # the node does not run: nothing of it takes memory
        memory = SupervisedModels(settings).memory()
    wishes = wishes_for(model, settings, extra_buffers=True)
    return planned(wishes, ModelFacts.from_json(model.facts), hardware.read(), memory, held)


def try_out(model: Model, tell: Tell) -> Mapping[str, Any]:
    """Load the model in a process of its own and measure it; the figures are kept in the row.

    Seconds to minutes. Raises Conflict: llama.cpp is missing, the model does not fit (with the
    arithmetic), or it cannot be loaded (with the process's own words).
    """
    if find_spec("llama_cpp") is None:
        raise Conflict(NOT_INSTALLED)
    plan = plan_for(model)
    if isinstance(plan, Refusal):
        raise Conflict(f"“{model.name}” does not fit: {plan.sentence}")
    for reason in plan.reasons:
        tell(reason)
    load, began = os.getloadavg()[0], time.monotonic()
    if load > plan.threads * BUSY_SHARE:
        tell(f"the machine is busy (load {load:.1f}): the figures are lower than they could be")
    with _started(plan) as server:
        tell("loading")
        server.wait_until_ready()
        load_s = time.monotonic() - began
        tell("measuring")
        with httpx.Client(base_url=server.address, timeout=LOADING_S, trust_env=False) as client:
            figures = model_timing.measure(client, plan)
        memory_bytes = machine.memory_of(server.process.pid)
    measured: dict[str, Any] = {
        **figures,
        "at": clock.now().isoformat(timespec="seconds"),
        "node": node_name(),
        "threads": plan.threads,
        "gpu_layers": plan.gpu_layers,
        "context": plan.context,
        "parallel": plan.parallel,
        "load_s": round(load_s, 2),
        "memory_bytes": memory_bytes,
        "planned_bytes": plan.memory_bytes,
        "load_before": round(load, 1),
    }
    model.measured = measured
    model.save(update_fields=["measured"])
    return measured


@dataclass(frozen=True, slots=True)
class _Server:
    process: subprocess.Popen[str]
    log: Path
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_until_ready(self) -> None:
        until = time.monotonic() + LOADING_S
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.address}/healthz", trust_env=False).is_success:
                    return
            time.sleep(0.1)
        raise _cannot(self.log)


@contextmanager
def _started(plan: Plan) -> Iterator[_Server]:
    """The same command as the keeper's, on a port of its own; it ends with the block."""
    kept = {key: os.environ[key] for key in PASSED_ON if key in os.environ}
    with tempfile.TemporaryDirectory(prefix="clawdbot-trial-") as folder:
        file, log = Path(folder) / "plan.json", Path(folder) / "log"
        file.write_text(plan.to_json(), encoding="utf-8")
        with log.open("w") as output:
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-P", "-m", "apps.serving", "--plan", str(file), "--port", "0"],
                cwd=REPOSITORY, env=kept | {"PYTHONUNBUFFERED": "1"}, text=True,
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        try:
            yield _Server(process, log, _port_of(process, log))
        finally:
            _end(process)


def _port_of(process: "subprocess.Popen[str]", log: Path) -> int:
    until = time.monotonic() + LOADING_S
    while time.monotonic() < until and process.poll() is None:
        if found := _PORT.search(log.read_text(errors="replace")):
            return int(found[1])
        time.sleep(0.05)
    raise _cannot(log)


def _cannot(log: Path) -> Conflict:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    last = lines[-1].removeprefix("clawdbot: ") if lines else "it says nothing"
    return Conflict(f"It cannot be loaded: {last[:300]}")


def _end(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(ENDING_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
