"""Landlock: a process gives up files and connections for good. Source: landlock(7), kernel docs."""

import ctypes
import os
from collections.abc import Iterable
from enum import IntFlag
from pathlib import Path

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446  # the same numbers on every architecture
_ASK_VERSION = 1
_RULE_PATH, _RULE_PORT = 1, 2
_NET_BIND, _NET_CONNECT = 1, 2
_SCOPE_ABSTRACT_SOCKETS, _SCOPE_SIGNALS = 1, 2
_FILE_RIGHTS = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15  # those that a single file can have
_RIGHTS_OF_VERSION = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # how many kinds of access it knows


class Access(IntFlag):
    """What is allowed below a path."""

    EXECUTE = 1 << 0
    WRITE = 1 << 1
    READ = 1 << 2
    LIST = 1 << 3
    TRUNCATE = 1 << 14
    CONTROL = 1 << 15  # ioctl of a device


LIBRARIES = Access.EXECUTE | Access.READ | Access.LIST
FILES = Access.READ | Access.LIST
OWN_PROCESS = FILES | Access.WRITE | Access.TRUNCATE
DEVICE = Access.READ | Access.WRITE | Access.CONTROL


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _PathRule(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


class _PortRule(ctypes.Structure):
    _fields_ = [("allowed", ctypes.c_uint64), ("port", ctypes.c_uint64)]


_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """The kernel's Landlock version; 0: it has none, or it is switched off."""
    return max(0, int(_libc.syscall(_CREATE, None, ctypes.c_size_t(0), _ASK_VERSION)))


def restrict(allowed: Iterable[tuple[Path, Access]], *, port: int) -> int:
    """Keep this thread, and those it starts, to `allowed` paths and listening on TCP `port`.

    Paths that do not exist are left out. Call it while the process has one thread, after
    no_new_privs is set. It cannot be undone. Returns the version that is in force: 0 nothing,
    1 files, 4 TCP, 6 abstract sockets and signals too. Raises OSError: the kernel refused.
    """
    known = version()
    if not known:
        return 0
    rights = (1 << _RIGHTS_OF_VERSION.get(known, 16)) - 1
    ruleset = _Ruleset(
        files=rights,
        net=_NET_BIND | _NET_CONNECT if known >= 4 else 0,
        scoped=_SCOPE_ABSTRACT_SOCKETS | _SCOPE_SIGNALS if known >= 6 else 0,
    )
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    handle = _called(_CREATE, ctypes.byref(ruleset), ctypes.c_size_t(size), 0)
    try:
        for path, access in allowed:
            _allow_path(handle, path, access & rights)
        if known >= 4:
            rule = _PortRule(_NET_BIND, port)
            _called(_ADD_RULE, handle, _RULE_PORT, ctypes.byref(rule), 0)
        _called(_RESTRICT, handle, 0)
    finally:
        os.close(handle)
    return known


def _allow_path(handle: int, path: Path, access: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        allowed = access if path.is_dir() else access & _FILE_RIGHTS
        rule = _PathRule(allowed, opened)
        _called(_ADD_RULE, handle, _RULE_PATH, ctypes.byref(rule), 0)
    finally:
        os.close(opened)


def _called(*arguments: object) -> int:
    result = int(_libc.syscall(*arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
