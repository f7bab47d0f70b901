"""`clawdbot status`: what runs, what waits, how far the index is."""

import sys
from dataclasses import asdict
from typing import Annotated, Any

import typer

from apps.core import config
from apps.knowledge.access import Scope
from apps.retrieval import index_state
from clawdbot_site.cli import console
from clawdbot_site.cli.readiness import address, is_ready
from clawdbot_site.installation import machine, operator
from clawdbot_site.supervision import control
from ingest import overview

app = typer.Typer(pretty_exceptions_enable=False)


@app.command()
def status(
    detail: Annotated[
        bool, typer.Option("--detail", help="Documents, jobs and index too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, for machines.")] = False,
) -> None:
    """Show what runs. Exit code 0: the node runs; 1: it does not."""
    facts = _node() | (_contents() if detail or as_json else {})
    if as_json:
        console.print_json(facts)
    else:
        _show(facts)
    sys.exit(0 if facts["running"] else 1)


def _node() -> dict[str, Any]:
    configuration = config.load()
    processes = [
        asdict(process) | {"memory_bytes": machine.memory_of(process.pid) if process.pid else 0}
        for process in control.states(configuration)
    ]
    return {
        "running": bool(processes),
        "ready": bool(processes) and is_ready(configuration),
        "address": address(configuration),
        "processes": processes,
    }


def _contents() -> dict[str, Any]:
    scope = Scope.of(operator.operator())
    return {
        "documents": overview.scope_documents_by_status(scope),
        "jobs": dict(overview.jobs_by_state(scope)),
        "index": asdict(index_state.status()),
    }


def _show(facts: dict[str, Any]) -> None:
    if not facts["running"]:
        console.out.print("not running; start it: clawdbot start")
    else:
        console.out.print(f"{'ready' if facts['ready'] else 'starting'} at {facts['address']}")
        console.print_table(
            ("process", "state", "pid", "memory", "since"),
            [
                (
                    process["name"],
                    process["state"].lower(),
                    process["pid"] or "-",
                    console.megabytes(process["memory_bytes"]),
                    console.duration(process["uptime_s"]),
                )
                for process in facts["processes"]
            ],
        )
    for part in ("documents", "jobs", "index"):
        if part in facts:
            values = ", ".join(f"{value} {name}" for name, value in facts[part].items())
            console.out.print(f"{part}: {values}", markup=False)
