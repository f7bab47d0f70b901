"""The part of `clawdbot status --detail` that tells of the machine and its models."""

from dataclasses import asdict
from typing import Any

from apps.core import config
from apps.core.sizes import parse_size
from apps.ops.model_keeping import overview
from apps.serving import hardware
from apps.serving.wishes import gigabytes
from clawdbot_site.cli import console
from clawdbot_site.installation.worker_advice import advice


def facts() -> dict[str, Any]:
    """What the machine has, what of it is allowed, which models are where, and why."""
    configuration, machine, served = config.load(), hardware.read(), overview.served()
    promised = sum(one.plan.get("memory_bytes", 0) for one in served if not one.is_silent)
    return {
        "machine": asdict(machine)
        | {
            "cpu_limit": configuration.resource.cpu_limit,
            "memory_limit_bytes": parse_size(configuration.resource.memory_limit),
        },
        "workers": [
            asdict(one) | {"fits": one.fits, "line": one.line}
            for one in advice(configuration, machine, promised)
        ],
        "models": [one.as_json() for one in served],
        "unknown_models": list(overview.unknown_names()),
    }


def show(found: dict[str, Any]) -> None:
    """As a person reads it: decisions, each with its reason."""
    console.out.print(_machine_line(found["machine"]), markup=False)
    for one in found["workers"]:
        console.out.print(one["line"], markup=False)
    for name in found["unknown_models"]:
        console.out.print(
            f"serving.models names {name}, which is not there: clawdbot model add", markup=False
        )
    if not found["models"]:
        return
    console.print_table(
        ("model", "state", "address", "memory", "running", "waiting", "tokens/s"),
        [_row(one) for one in found["models"]],
    )
    for one in found["models"]:
        for reason in [*filter(None, [one["reason"]]), *one["plan"].get("reasons", [])]:
            console.out.print(f"  {one['model']}: {reason}", markup=False)


def _machine_line(machine: dict[str, Any]) -> str:
    gpus = ", ".join(
        f"{gpu['name']} ({gigabytes(gpu['free_bytes'])} of {gigabytes(gpu['total_bytes'])} free)"
        for gpu in machine["gpus"]
    )
    return (
        f"machine: {machine['cores']:g} cores ({machine['cpu_limit']:.0%} allowed),"
        f" {gigabytes(machine['free_bytes'])} free of {gigabytes(machine['memory_bytes'])} memory"
        f" ({gigabytes(machine['memory_limit_bytes'])} allowed), GPU: {gpus or 'none'}"
    )


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    figures, plan = one["figures"], one["plan"]
    state = "silent" if one["is_silent"] else one["state"]
    return (
        one["model"],
        f"{state}, kept" if one["is_pinned"] else state,
        one["url"] or one["node"],
        gigabytes(plan["memory_bytes"]) if plan else "-",
        *(
            f"{figures[name]:g}" if name in figures else "-"
            for name in ("running", "waiting", "tokens_per_s")
        ),
    )
