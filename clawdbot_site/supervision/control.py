"""Talking to the running supervisor."""

import http.client
import xmlrpc.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from apps.core.config import Config
from apps.core.errors import Conflict, NotFound
from clawdbot_site.supervision import places
from clawdbot_site.supervision.conf import GROUP_NAME

# supervisor.xmlrpc.Faults
SHUTDOWN_STATE, BAD_NAME, NOT_RUNNING, ALREADY_ADDED, STILL_RUNNING = 6, 10, 70, 90, 91
MODEL_GROUP = "model-"  # and the model's name: the program of its process


@dataclass(frozen=True, slots=True)
class ProcessState:
    """A process as the supervisor sees it; `pid` is 0 when it does not run."""

    name: str
    state: str
    pid: int
    uptime_s: int
    exit_status: int = 0  # of the last one that ended; -1: by a signal

    @property
    def is_running(self) -> bool:
        """It has been up for a moment."""
        return self.state == "RUNNING"

    @property
    def is_down(self) -> bool:
        """It neither runs nor is just starting."""
        return self.state not in {"RUNNING", "STARTING"}


def is_running(configuration: Config) -> bool:
    """Whether a supervisor of this installation answers."""
    try:
        with _supervisor(configuration) as rpc:
            return bool(rpc.supervisor.getState()["statename"] == "RUNNING")
    except Conflict:
        return False


def states(configuration: Config) -> list[ProcessState]:
    """The processes in their fixed order, without those of models; empty when the node does not
    run, or is stopping."""
    try:
        with _supervisor(configuration) as rpc:
            found = rpc.supervisor.getAllProcessInfo()
    except Conflict:
        return []
    return [_state(info) for info in found if not info["group"].startswith(MODEL_GROUP)]


def model_states(configuration: Config) -> dict[str, ProcessState]:
    """Processes of models by the model's name. Raises Conflict when the node does not run."""
    with _supervisor(configuration) as rpc:
        found = rpc.supervisor.getAllProcessInfo()
    return {
        info["name"].removeprefix(MODEL_GROUP): _state(info)
        for info in found
        if info["group"].startswith(MODEL_GROUP)
    }


def add(configuration: Config, name: str) -> None:
    """Take up and start a program whose file was written just now. Safe to repeat.

    Raises Conflict when the node does not run.
    """
    with _supervisor(configuration) as rpc:
        rpc.supervisor.reloadConfig()
        with _ignoring(ALREADY_ADDED):
            rpc.supervisor.addProcessGroup(name)


def tell_to_stop(configuration: Config, name: str) -> None:
    """Ask a program to stop; returns at once. Safe to repeat. Raises Conflict as `add` does."""
    with _supervisor(configuration) as rpc, _ignoring(BAD_NAME, NOT_RUNNING):
        rpc.supervisor.stopProcess(name, False)


def drop(configuration: Config, name: str) -> bool:
    """Forget a program that has stopped; tells whether it is gone, or was never there.

    Raises Conflict as `add` does.
    """
    with _supervisor(configuration) as rpc:
        try:
            rpc.supervisor.removeProcessGroup(name)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode not in (BAD_NAME, STILL_RUNNING):
                raise
            return bool(fault.faultCode == BAD_NAME)
    return True


def restart(configuration: Config, name: str) -> None:
    """Stop a process and start it again. Raises Conflict (not running), NotFound (the name)."""
    with _supervisor(configuration) as rpc:
        try:
            rpc.supervisor.stopProcess(f"{GROUP_NAME}:{name}", True)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode == BAD_NAME:
                raise NotFound(f"There is no process “{name}”.") from None
            if fault.faultCode != NOT_RUNNING:
                raise
        rpc.supervisor.startProcess(f"{GROUP_NAME}:{name}", False)


def shut_down(configuration: Config) -> None:
    """Ask the supervisor to stop every process and then itself; returns at once."""
    with _supervisor(configuration) as rpc:
        rpc.supervisor.shutdown()


def begin_again(configuration: Config) -> None:
    """Ask the supervisor to stop every process, to read its file anew and to start what that
    names; it stays the same process. Returns at once. Raises Conflict when the node does not run.
    """
    with _supervisor(configuration) as rpc:
        rpc.supervisor.restart()


def pid(configuration: Config) -> int:
    """The supervisor's process id."""
    with _supervisor(configuration) as rpc:
        return int(rpc.supervisor.getPID())


def _state(info: dict[str, Any]) -> ProcessState:
    return ProcessState(
        name=info["name"],
        state=info["statename"],
        pid=info["pid"],
        uptime_s=max(0, info["now"] - info["start"]) if info["pid"] else 0,
        exit_status=info["exitstatus"],
    )


@contextmanager
def _ignoring(*codes: int) -> Iterator[None]:
    """Without the supervisor's complaints of these kinds."""
    try:
        yield
    except xmlrpc.client.Fault as fault:
        if fault.faultCode not in codes:
            raise


@contextmanager
def _supervisor(configuration: Config) -> Iterator[Any]:
    transport = SupervisorTransport(None, None, f"unix://{places.supervisor_socket(configuration)}")
    try:
        yield xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
    except (OSError, http.client.HTTPException):
        raise Conflict(
            "Clawdbot is not running here. Start it: clawdbot start", code="not_running"
        ) from None
    except xmlrpc.client.Fault as fault:
        if fault.faultCode != SHUTDOWN_STATE:
            raise
        raise Conflict("Clawdbot is stopping here.", code="not_running") from None
    finally:
        transport.close()
