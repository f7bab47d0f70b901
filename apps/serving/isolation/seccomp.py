"""A seccomp filter without exceptions: this process makes no more sockets and reaches no address.

Landlock leaves UDP and the sockets of other services' files open; this does not. Sockets that are
open already go on, `socketpair` too. Source: seccomp(2), the kernel's seccomp_filter.rst.
"""

import ctypes
import platform
import struct

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 13  # EACCES
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_AF_UNIX = 1
_X32 = 0x40000000  # the second numbering of x86-64
# io_uring makes sockets too; ptrace and process_vm_* reach into other processes
_REFUSED = {
    "x86_64": (0xC000003E, (41, 42, 49, 101, 310, 311, 425)),
    "aarch64": (0xC00000B7, (198, 203, 200, 117, 270, 271, 425)),
}


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_char_p)]


def cut_sockets(*, but_unix: bool = False) -> bool:
    """Refuse socket, connect, bind, io_uring and ptrace from now on, for this process's threads.

    `but_unix`: sockets of the unix family can be made, bound and connected; CUDA does not start
    without. Call it while there is one thread, after no_new_privs is set. False: this kernel or
    architecture cannot.
    """
    if platform.machine() not in _REFUSED:
        return False
    architecture, (socket, connect, bind, *others) = _REFUSED[platform.machine()]
    refused = others if but_unix else [socket, connect, bind, *others]
    code = _program(architecture, tuple(refused), family_of=socket if but_unix else None)
    program = _Program(len(code) // 8, code)
    return bool(
        ctypes.CDLL(None).prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0) == 0
    )


def _program(architecture: int, refused: tuple[int, ...], *, family_of: int | None) -> bytes:
    """Load the number; the last line refuses, the one before it allows.

    `family_of`: the number of `socket`, of which any family but unix is refused.
    """
    middle = [(_IF_EQUAL, "refuse", "", number) for number in refused]
    if family_of is not None:
        middle += [(_IF_EQUAL, "", "allow", family_of), (_LOAD, "", "", _FIRST_ARGUMENT_AT)]
        middle += [(_IF_EQUAL, "allow", "refuse", _AF_UNIX)]
    lines = [
        (_LOAD, "", "", _ARCHITECTURE_AT),
        (_IF_EQUAL, "", "refuse", architecture),
        (_LOAD, "", "", _NUMBER_AT),
        (_IF_AT_LEAST, "refuse", "", _X32),
        *middle,
        (_RETURN, "", "", _ALLOW),
        (_RETURN, "", "", _REFUSE),
    ]
    places = {"allow": len(lines) - 2, "refuse": len(lines) - 1}
    packed = [
        struct.pack("=HBBI", code, *(places[to] - n - 1 if to else 0 for to in jumps), value)
        for n, (code, *jumps, value) in enumerate(lines)
    ]
    return b"".join(packed)
