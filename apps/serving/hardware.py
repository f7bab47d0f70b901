"""What the machine has, and what of it this process may use. Read from /proc and /sys (Linux)."""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from apps.serving import cgroups, gpus
from apps.serving.gpus import Gpu

__all__ = ["Gpu", "Hardware", "read"]


@dataclass(frozen=True, slots=True)
class Hardware:
    """Cores and bytes, after affinity and cgroup; the operator's own limits are not in it."""

    cores: float  # logical cores' worth of time: affinity, cgroup quota
    physical_cores: int  # those that the allowed logical cores are of
    memory_bytes: int  # of the machine, or the cgroup's limit
    free_bytes: int  # what new programs can have, without swapping
    gpus: tuple[Gpu, ...] = ()
    gpu_backend: str = ""  # what llama.cpp was built for: CUDA, ...; empty: the processor only


def read(root: Path = Path("/"), *, cpus: Iterable[int] | None = None) -> Hardware:
    """Look now. `root` and `cpus` stand for another machine's /proc, /sys and affinity."""
    limits, allowed = cgroups.read(root), sorted(_affinity() if cpus is None else cpus)
    total, available = _memory(root)
    return Hardware(
        cores=min(float(len(allowed)), limits.cores or float(len(allowed))),
        physical_cores=_physical(root, allowed),
        memory_bytes=min(total, limits.memory_bytes or total),
        free_bytes=min(available, available if limits.free_bytes is None else limits.free_bytes),
        gpus=gpus.found(),
        gpu_backend=gpus.backend(),
    )


def _affinity() -> set[int]:
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))


def _physical(root: Path, allowed: Iterable[int]) -> int:
    """Cores that share no execution units; logical ones where the kernel does not say."""
    folder = root / "sys/devices/system/cpu"
    siblings = {
        cgroups.text(folder / f"cpu{cpu}/topology/thread_siblings_list").strip() or str(cpu)
        for cpu in allowed
    }
    return max(1, len(siblings))


def _memory(root: Path) -> tuple[int, int]:
    """Total and available bytes; swap is none of it. Without /proc: huge."""
    found = {
        name: int(rest.split()[0]) * 1024
        for name, _, rest in (
            line.partition(":") for line in cgroups.text(root / "proc/meminfo").splitlines()
        )
        if rest.strip()
    }
    total = found.get("MemTotal", sys.maxsize)
    return total, found.get("MemAvailable", total)
