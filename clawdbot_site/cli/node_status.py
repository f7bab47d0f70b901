"""The part of `clawdbot status --detail` that tells of the nodes of the installation."""

from collections.abc import Sequence
from typing import Any

from apps.core.nodes import node_name
from apps.ops.nodes.selectors import NodeState, nodes
from clawdbot_site.cli import console

ALIVE = frozenset({NodeState.READY, NodeState.WORKING, NodeState.DRAINING, NodeState.STARTING})


def facts() -> list[dict[str, Any]]:
    """Each node with its processes, as they told of themselves."""
    return [node.as_json() for node in nodes()]


def of_containers(known: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The state of this node where no supervisor of ours runs it, as its processes told it."""
    mine = next((node for node in known if node["name"] == node_name()), None)
    if mine is None or mine["state"] == NodeState.SILENT:
        return {}
    is_alive = mine["state"] in ALIVE
    return {
        "state": mine["state"],
        "running": is_alive,
        "ready": mine["state"] in {NodeState.READY, NodeState.WORKING},
    }


def show(known: Sequence[dict[str, Any]]) -> None:
    """A line for each node, and one for each process of several that is not well."""
    if not known:
        return
    console.print_table(
        ("node", "state", "version", "index", "lag", "requests", "load", "memory", "clock"),
        [_row(node) for node in known],
    )
    for node in known:
        roles = [f"{kind}:{n}" if n > 1 else kind for kind, n in node["roles"].items()]
        if roles:
            console.out.print(f"  {node['name']} runs {' '.join(roles)}", markup=False)
        for process in node["processes"]:
            if process["is_silent"]:
                since = console.duration(process["silent_s"])
                words = f"  {node['name']}: {process['kind']} is not heard of for {since}"
                console.out.print(words, markup=False)


def _row(node: dict[str, Any]) -> tuple[str, ...]:
    reason = f" ({node['reason']})" if node["reason"] else ""
    return (
        node["name"],
        node["state"] + reason,
        ", ".join(node["versions"]),
        str(node["generation"] or "-"),
        "-" if node["lag"] is None else str(node["lag"]),
        str(node["requests"]),
        f"{node['load']:.0%}",
        console.megabytes(node["memory_bytes"]),
        f"{node['clock_offset_s']:+.1f} s",
    )
