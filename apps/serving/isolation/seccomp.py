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
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4
_X32 = 0x40000000  # the second numbering of x86-64
# io_uring makes sockets too; ptrace and process_vm_* reach into other processes
_REFUSED = {
    "x86_64": (0xC000003E, (41, 42, 49, 101, 310, 311, 425)),
    "aarch64": (0xC00000B7, (198, 203, 200, 117, 270, 271, 425)),
}


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_char_p)]


def cut_sockets() -> bool:
    """Refuse socket, connect, bind, io_uring and ptrace from now on, for this process's threads.

    Call it while there is one thread, after no_new_privs is set. False: this kernel or
    architecture cannot.
    """
    if platform.machine() not in _REFUSED:
        return False
    code = _program(*_REFUSED[platform.machine()])
    program = _Program(len(code) // 8, code)
    return bool(
        ctypes.CDLL(None).prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0) == 0
    )


def _program(architecture: int, refused: tuple[int, ...]) -> bytes:
    """Load the number; the last line refuses, the one before it allows."""
    last = 5 + len(refused)
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_IF_EQUAL, 0, last - 2, architecture),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_IF_AT_LEAST, last - 4, 0, _X32),
    ]
    lines += [(_IF_EQUAL, last - 5 - n, 0, number) for n, number in enumerate(refused)]
    lines += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
