"""Machines that are not here."""

from apps.ops.setup.machine import Machine
from apps.serving.gpus import Gpu

GB = 10**9


def machine(*, cores=8, memory=16, disk=500, gpu=0, **more):
    """A machine with so many gigabytes."""
    gpus = (Gpu("H100", gpu * GB, gpu * GB),) if gpu else ()
    values = {"has_llama": True, "has_postgresql": True, "has_redis": True} | more
    return Machine(
        cores=cores, memory_bytes=memory * GB, free_bytes=memory * GB, disk_free_bytes=disk * GB,
        architecture="x86_64", gpus=gpus, **values,
    )  # fmt: skip
