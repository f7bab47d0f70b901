"""GPUs, as NVIDIA's driver tells them, and whether llama.cpp was built to use any."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

Read = TypeVar("Read")

# Files that llama-cpp-python installs for a backend (`GGML_CUDA=on` and so on), with its name.
BACKENDS = {"cuda": "CUDA", "hip": "ROCm", "vulkan": "Vulkan", "sycl": "SYCL", "metal": "Metal"}


@dataclass(frozen=True, slots=True)
class Gpu:
    """A GPU that models can be put on."""

    name: str
    total_bytes: int
    free_bytes: int


def found() -> tuple[Gpu, ...]:
    """The GPUs of this machine; none where there is no driver or no pynvml. Never raises."""
    return _of_each(_gpu)


def use() -> float:
    """How busy the GPUs were of late, together, 0..1; 0 without any. Never raises."""
    shares = _of_each(_share)
    return sum(shares) / len(shares) if shares else 0.0


def backend() -> str:
    """What llama.cpp was built for beside the processor, like `CUDA`; empty: nothing."""
    spec = find_spec("llama_cpp")
    folders = (spec.submodule_search_locations or ()) if spec else ()
    for folder in map(Path, folders):
        for kind, name in BACKENDS.items():
            if any((folder / "lib").glob(f"*ggml-{kind}*")):
                return name
    return ""


def _of_each(read: Callable[[int], Read]) -> tuple[Read, ...]:
    """What is read of each GPU; nothing where one cannot be asked."""
    if find_spec("pynvml") is None:
        return ()
    import pynvml  # only where it is installed

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:  # no driver, or one that does not answer
        return ()
    try:
        return tuple(map(read, range(pynvml.nvmlDeviceGetCount())))
    except pynvml.NVMLError:
        return ()
    finally:
        pynvml.nvmlShutdown()


def _share(index: int) -> float:
    import pynvml

    handle = pynvml.nvmlDeviceGetHandleByIndex(index)
    return float(pynvml.nvmlDeviceGetUtilizationRates(handle).gpu) / 100


def _gpu(index: int) -> Gpu:
    import pynvml

    handle = pynvml.nvmlDeviceGetHandleByIndex(index)
    memory, name = pynvml.nvmlDeviceGetMemoryInfo(handle), pynvml.nvmlDeviceGetName(handle)
    text = name.decode(errors="replace") if isinstance(name, bytes) else str(name)
    return Gpu(name=text, total_bytes=int(memory.total), free_bytes=int(memory.free))
