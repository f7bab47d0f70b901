"""What this machine has, as far as choosing a size for the installation needs it."""

import fcntl
import platform
import shutil
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from apps.core.config import Config
from apps.serving import hardware
from apps.serving.gpus import Gpu

SIOCGIFADDR = 0x8915  # netdevice(7): the address of an interface


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
    """This machine's name and IPv4 addresses, under which others may reach it. Asks nobody."""
    found = [socket.gethostname()]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            with suppress(OSError):  # an interface without an address
                asked = struct.pack("256s", name.encode()[:15])
                found.append(socket.inet_ntoa(fcntl.ioctl(probe, SIOCGIFADDR, asked)[20:24]))
    return tuple(
        dict.fromkeys(name for name in found if not name.startswith(("localhost", "127.")))
    )


def _existing(folder: Path) -> Path:
    return next(one for one in (folder, *folder.parents) if one.exists())
