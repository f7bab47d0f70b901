"""What this machine has, as far as choosing a size for the installation needs it."""

import platform
import shutil
import socket
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from apps.core.config import Config
from apps.serving import hardware
from apps.serving.gpus import Gpu

# Documentation addresses (RFC 5737): connecting a datagram socket sends nothing.
SOMEWHERE = ("192.0.2.1", 9)


@dataclass(frozen=True, slots=True)
class Machine:
    """Cores and bytes that this user's processes may use, and which optional parts are there."""

    cores: float
    memory_bytes: int
    free_bytes: int  # of memory, now
    disk_free_bytes: int  # where data_dir is
    architecture: str
    gpus: tuple[Gpu, ...] = ()
    gpu_backend: str = ""  # what llama.cpp was built for; empty: the processor only
    has_llama: bool = False
    has_postgresql: bool = False
    has_redis: bool = False

    @property
    def gpu_bytes(self) -> int:
        """Memory of all GPUs."""
        return sum(gpu.total_bytes for gpu in self.gpus)


def look(configuration: Config) -> Machine:
    """Look now; a fraction of a second."""
    found = hardware.read()
    return Machine(
        cores=found.cores,
        memory_bytes=found.memory_bytes,
        free_bytes=found.free_bytes,
        disk_free_bytes=shutil.disk_usage(_existing(configuration.data_dir)).free,
        architecture=platform.machine(),
        gpus=found.gpus,
        gpu_backend=found.gpu_backend,
        has_llama=find_spec("llama_cpp") is not None,
        has_postgresql=find_spec("psycopg") is not None,
        has_redis=find_spec("redis") is not None,
    )


def addresses() -> tuple[str, ...]:
    """Names and addresses under which others on the network may reach this machine."""
    found = [socket.gethostname(), socket.getfqdn()]
    for family, somewhere in (
        (socket.AF_INET, SOMEWHERE),
        (socket.AF_INET6, ("2001:db8::1", 9)),
    ):
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect(somewhere)
            address = probe.getsockname()[0]
            found.append(f"[{address}]" if ":" in address else address)
    return tuple(dict.fromkeys(name for name in found if name and not name.startswith("localhost")))


def _existing(folder: Path) -> Path:
    return next(one for one in (folder, *folder.parents) if one.exists())
