"""What a plan is made from beside the file and the machine, and what it may take."""

from dataclasses import dataclass
from pathlib import Path

from apps.core.config import Config
from apps.core.sizes import parse_size
from apps.serving.hardware import Hardware

SPARE = 10  # one part in so many of the free memory is left free


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the operator set; 0 (layers: -1): as planned."""

    name: str
    path: str
    cpu_share: float = 1.0
    memory_limit: int = 0  # bytes of all processes of the node together; 0: no limit
    threads: int = 0
    gpu_layers: int = -1
    parallel: int = 0
    context: int = 0
    queue: int = 32
    extra_buffers: bool = True


def wishes_of(configuration: Config, *, name: str, file: Path) -> Wishes:
    """What the operator set, for the model `name` in this file."""
    serving, resource = configuration.serving, configuration.resource
    return Wishes(
        name=name,
        path=str(file.resolve()),
        cpu_share=resource.cpu_limit,
        memory_limit=parse_size(resource.memory_limit),
        threads=serving.threads,
        gpu_layers=serving.gpu_layers,
        parallel=serving.parallel,
        context=serving.context,
        queue=serving.queue,
    )


@dataclass(frozen=True, slots=True)
class Use:
    """Memory that is taken: by the node's other processes, and promised to other models."""

    node_bytes: int = 0
    models_bytes: int = 0
    unused_bytes: int = 0  # of what is promised, not taken from the machine yet


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a model is not loaded."""

    name: str
    needed_bytes: int
    free_bytes: int
    sentence: str  # "needs 5.1 GB (...); 3.9 GB free of 8.0 GB allowed; ... would fit"


@dataclass(frozen=True, slots=True)
class Room:
    """Main memory that this model may take, and out of how much."""

    free: int
    allowed: int
    words: str
    is_machine_full: bool  # a higher limit would not help


def room(hardware: Hardware, wishes: Wishes, in_use: Use) -> Room:
    """What the limits and the machine leave, the tighter of the two."""
    machine = hardware.memory_bytes
    allowed = min(wishes.memory_limit or machine, machine)
    by_limit = allowed - in_use.node_bytes - in_use.models_bytes
    by_machine = int((hardware.free_bytes - in_use.unused_bytes) * (1 - 1 / SPARE))
    free = max(0, min(by_limit, by_machine))
    is_full = by_machine < by_limit
    words = f"{gigabytes(free)} free of {gigabytes(allowed)} allowed"
    if is_full:
        words += f" (other programs hold the rest of the machine's {gigabytes(machine)})"
    return Room(free, allowed, words, is_full)


def gigabytes(size_bytes: int) -> str:
    """A size as people read it."""
    if abs(size_bytes) < 10**8:
        return f"{size_bytes / 10**6:.0f} MB"
    return f"{size_bytes / 10**9:.1f} GB"
