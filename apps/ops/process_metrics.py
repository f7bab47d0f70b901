"""What Prometheus reads of this node's processes and machine, as they reported themselves."""

from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from apps.core.nodes import node_name
from apps.ops.nodes.selectors import NodeSeen, NodeState, nodes

MACHINE = {
    "machine_memory_bytes": "Memory in use on this node's machine.",
    "machine_memory_total_bytes": "Memory of this node's machine.",
    "disk_free_bytes": "Room where data_dir is.",
    "disk_total_bytes": "Size of the file system where data_dir is.",
    "gpu_memory_bytes": "Memory in use of all GPUs.",
    "gpu_memory_total_bytes": "Memory of all GPUs.",
}


def process_metrics() -> Iterator[Metric]:
    """Nodes by state, and this node's processes. Three queries."""
    found = nodes()
    states = Counter(node.state for node in found)
    by_state = GaugeMetricFamily("clawdbot_nodes", "Nodes of the installation.", labels=["state"])
    for state in NodeState:
        by_state.add_metric([state], states[state])
    yield by_state
    mine = next((node for node in found if node.name == node_name()), None)
    if mine is not None:
        yield from _processes(mine)
        yield from _machine(mine)


def _processes(node: NodeSeen) -> Iterator[Metric]:
    counts = GaugeMetricFamily("clawdbot_processes", "Processes of this node.", labels=["process"])
    cpu = GaugeMetricFamily("clawdbot_process_cpu", "Cores that they use.", labels=["process"])
    memory = GaugeMetricFamily(
        "clawdbot_process_memory_bytes", "Memory that they use.", labels=["process"]
    )
    for kind, count in node.roles.items():
        figures = [one.figures for one in node.alive if one.kind == kind]
        counts.add_metric([kind], count)
        cpu.add_metric([kind], sum(one.get("cpu", 0.0) for one in figures))
        memory.add_metric([kind], sum(one.get("memory_bytes", 0) for one in figures))
    yield from (counts, cpu, memory)


def _machine(node: NodeSeen) -> Iterator[Metric]:
    yield GaugeMetricFamily("clawdbot_machine_load", "1: all its cores.", value=node.load)
    for name, words in MACHINE.items():
        told = [one.figures[name] for one in node.alive if name in one.figures]
        if told:
            least = name == "disk_free_bytes"
            yield GaugeMetricFamily(
                f"clawdbot_{name}", words, value=min(told) if least else max(told)
            )
