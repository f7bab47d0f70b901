"""Confines the process of a model before the model is loaded."""

import ctypes
import os
import resource
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from apps.serving.isolation import landlock, seccomp
from apps.serving.isolation.landlock import DEVICE, FILES, LIBRARIES, OWN_PROCESS, Access
from apps.serving.plan import Plan

NICE = 2  # the web goes first, parsers of documents (10) last; embedding (0) must not starve it
_PR_SET_NO_NEW_PRIVS = 38
_OPEN_FILES = 4096
_FIRST_TO_GO = 500  # of 1000: when memory runs out the kernel takes the model, not the database
_ROOT = Path(__file__).resolve().parents[3]
_MARGIN_BYTES, _GPU_MARGIN_BYTES = 1 << 30, 8 << 30
_THREAD_BYTES = 16 << 20  # a stack counts as a whole; beside those of the plan others come and go
# Not all of /proc: the environments of other processes are there, with their passwords
_PROC = (
    "self", "cpuinfo", "meminfo", "stat", "devices", "modules", "filesystems", "version", "driver",
    "sys",
)  # fmt: skip
_DEVICES = ("nvidia*", "nvidia-caps/*", "dri/*", "kfd")


def confine(plan: Plan, *, port: int) -> tuple[str, ...]:
    """Give up for good what serving `plan` on `port` does not need. One line for each measure.

    Call it while the process has one thread and after the port is bound. Measures that this kernel
    does not have are said to be missing; they do not stop the start.
    """
    ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    with suppress(OSError):
        os.nice(NICE)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(_FIRST_TO_GO))
    sys.dont_write_bytecode = True
    # A cache in the home folder, a debugger at a crash: neither can be had here
    os.environ |= {"CUDA_CACHE_DISABLE": "1", "GGML_NO_BACKTRACE": "1"}
    return (_limit(plan), _close_files(plan, port), _close_network(plan))


def memory_limit(plan: Plan) -> int:
    """Bytes of writable memory that the process may have.

    The file's own pages are mapped read-only and not counted (RLIMIT_AS would count them, and a
    GPU's address space of hundreds of gigabytes): the limit stops what grows without bound.
    """
    margin = _GPU_MARGIN_BYTES if plan.gpu_layers else _MARGIN_BYTES
    stacks = max(plan.threads, plan.batch_threads) * _THREAD_BYTES
    return plan.memory_bytes + plan.memory_bytes // 4 + margin + stacks


def _limit(plan: Plan) -> str:
    size = memory_limit(plan)
    _lower(resource.RLIMIT_DATA, size)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
    return f"limits: {size / 1e9:.1f} GB of writable memory, no core dumps, nice {NICE}"


def _lower(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (wanted, wanted))


def _close_files(plan: Plan, port: int) -> str:
    for name in _PROC:  # kept open: procfs would forget the inodes that the rules are tied to
        with suppress(OSError):
            os.open(f"/proc/{name}", os.O_PATH | os.O_CLOEXEC)
    try:
        version = landlock.restrict(_allowed(plan), port=port)
    except OSError as error:
        return f"files: NOT closed, Landlock failed: {error.strerror}"
    if not version:
        return "files: NOT closed, this kernel has no Landlock"
    return f"files: the model and the libraries can be read, nothing written (Landlock {version})"


def _close_network(plan: Plan) -> str:
    is_on_gpu = plan.gpu_layers > 0
    if seccomp.cut_sockets(but_unix=is_on_gpu):
        beside = ", and unix sockets for the GPU's driver" if is_on_gpu else ""
        return f"network: only the port that is open already{beside} (seccomp)"
    return "network: connections out are NOT cut by seccomp on this machine"


def _allowed(plan: Plan) -> Iterator[tuple[Path, Access]]:
    yield Path(plan.path).resolve(), FILES
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, *sysconfig.get_paths().values()}
    told = os.environ.get("LD_LIBRARY_PATH", "").split(":")
    prefixes |= {path for path in told if path.startswith("/")}
    for prefix in ("/usr", "/lib", "/lib64", "/bin", "/opt/cuda", "/opt/rocm", *sorted(prefixes)):
        if Path(prefix).resolve() != Path("/"):
            yield Path(prefix), LIBRARIES
    yield _ROOT / "apps", FILES
    for name in ("ld.so.cache", "localtime", "nvidia", "OpenCL", "vulkan"):
        yield Path("/etc", name), FILES
    yield Path("/sys"), FILES
    yield from ((Path("/proc", name), FILES) for name in _PROC)
    if plan.gpu_layers:  # CUDA writes the names of its threads, and does not start where it cannot
        yield Path("/proc/self"), OWN_PROCESS
    for name in ("null", "zero", "full", "urandom", "random"):
        yield Path("/dev", name), DEVICE
    for pattern in _DEVICES:
        yield from ((path, DEVICE) for path in Path("/dev").glob(pattern))
