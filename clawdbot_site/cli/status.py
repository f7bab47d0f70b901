"""`clawdbot status`: what runs, what waits, how far the index is."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any

import typer
from django.db import DatabaseError

from apps.core import config
from clawdbot_site.cli import console, node_status, serving_status, status_contents
from clawdbot_site.cli.boundary import database_advice
from clawdbot_site.cli.readiness import address, is_ready
from clawdbot_site.installation import machine
from clawdbot_site.supervision import control, web_address
from clawdbot_site.supervision.conf import KEEPER
from clawdbot_site.supervision.control import ProcessState

WEB = "web"  # the one of which there are several: its children answer
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class NodeState(StrEnum):
    """The node in one word. Degraded: a process failed, or was stopped."""

    STOPPED = "stopped"
    STARTING = "starting"
    DEGRADED = "degraded"
    READY = "ready"


@app.command()
def status(
    detail: Annotated[
        bool, typer.Option("--detail", help="Documents, jobs, index, machine and models too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, for machines.")] = False,
) -> None:
    """Show what runs. Exit code 0: every process of the node runs; 1: not so."""
    found = facts(is_whole=detail or as_json)
    if as_json:
        console.print_json(found)
    else:
        _show(found)
    sys.exit(0 if found["running"] and "trouble" not in found else 1)


def facts(*, is_whole: bool = True) -> dict[str, Any]:
    """What `--json` tells. Not whole: the processes of this node only."""
    found = _node() | (_contents() if is_whole else {})
    if found["state"] == NodeState.STOPPED and "nodes" in found:
        found |= node_status.of_containers(found["nodes"])
    return found


def _node() -> dict[str, Any]:
    configuration = web_address.in_force(config.load())
    states = control.states(configuration)
    ready = bool(states) and is_ready(configuration)
    return {
        "state": state_of(states, is_ready=ready),
        "running": bool(states) and all(process.is_running for process in states),
        "ready": ready,
        "degraded": [process.name for process in states if process.is_down],
        "address": address(configuration),
        "processes": [
            asdict(process)
            | {
                "memory_bytes": machine.memory_of(process.pid) if process.pid else 0,
                "children": len(machine.children_of(process.pid)) if process.pid else 0,
            }
            for process in states
        ],
    }


def state_of(states: Sequence[ProcessState], *, is_ready: bool) -> NodeState:
    """What the node is, by its processes and by what /readyz said."""
    if not states:
        return NodeState.STOPPED
    if any(process.is_down for process in states):
        return NodeState.DEGRADED
    if all(process.name == KEEPER for process in states):  # model servers only: no /readyz
        is_ready = True
    if is_ready and all(process.is_running for process in states):
        return NodeState.READY
    return NodeState.STARTING


def _contents() -> dict[str, Any]:
    """What the database tells; where it is away, that."""
    try:
        return {
            **status_contents.facts(),
            "nodes": node_status.facts(),
            **serving_status.facts(),
        }
    except DatabaseError as error:
        return {"trouble": database_advice(error)}


def _headline(facts: dict[str, Any]) -> str:
    if facts["state"] != NodeState.DEGRADED:
        return f"{facts['state']} at {facts['address']}"
    down = facts["degraded"]
    verb = "is" if len(down) == 1 else "are"
    return f"degraded: {', '.join(down)} {verb} not running; see: clawdbot logs {down[0]}"


def _show(facts: dict[str, Any]) -> None:
    if facts["state"] == NodeState.STOPPED:
        console.out.print("not running; start it: clawdbot start")
    else:
        console.out.print(_headline(facts), markup=False)
    if facts["processes"]:
        console.print_table(
            ("process", "state", "pid", "memory", "since"),
            [
                (
                    process["name"] + f" ({process['children']})" * (process["name"] == WEB),
                    process["state"].lower(),
                    process["pid"] or "-",
                    console.megabytes(process["memory_bytes"]),
                    console.duration(process["uptime_s"]),
                )
                for process in facts["processes"]
            ],
        )
    if "trouble" in facts:
        console.out.print(facts["trouble"], markup=False, style="red")
    if "installation" in facts:
        status_contents.show(facts)
    if "nodes" in facts:
        node_status.show(facts["nodes"])
    if "models" in facts:
        serving_status.show(facts)
