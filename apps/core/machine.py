"""What a process can see of the machine it runs on."""

from collections.abc import Callable, Mapping

import psutil

from apps.core import config

Measure = Callable[[], Mapping[str, float]]
# More of it, by the kind of the process that measures it. Filled when apps load.
MEASURES: dict[str, Measure] = {}


def measured(kind: str) -> dict[str, float]:
    """Memory in use, and room on the disk of data_dir, in bytes; what a process of this kind
    measures beside it."""
    memory, disk = psutil.virtual_memory(), psutil.disk_usage(str(config.load().data_dir))
    more = MEASURES[kind]() if kind in MEASURES else {}
    return {
        "machine_memory_bytes": memory.total - memory.available,
        "machine_memory_total_bytes": memory.total,
        "disk_free_bytes": disk.free,
        "disk_total_bytes": disk.total,
        **more,
    }
