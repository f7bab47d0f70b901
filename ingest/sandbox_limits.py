"""What a parser child may use: memory, CPU time, files, no network, no life without its parent."""

import ctypes
import os
import resource
import signal
import socket
from dataclasses import dataclass
from typing import Any, NoReturn

from apps.serving.isolation.seccomp import cut_sockets

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_NICE = 10


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one child: address space, CPU seconds, wall-clock seconds, pages."""

    memory_bytes: int
    cpu_s: int
    wall_s: int
    max_pages: int


def cut_network() -> bool:
    """Leave the network for good: an empty network namespace, else no more sockets.

    Containers may make no namespaces: there a system call filter refuses sockets. Call it while the
    process has one thread. True when the kernel enforces it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        return True
    socket.socket.connect = _refuse  # type: ignore[method-assign]
    socket.getaddrinfo = _refuse
    return cut_sockets()


def apply(limits: Limits) -> None:
    """Put the limits on this process. They cannot be raised again."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    os.nice(_NICE)


def _refuse(*_args: Any, **_kwargs: Any) -> NoReturn:
    raise OSError("a parser has no network")
