"""Processes that end with the one that started them, even when that one is killed."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2); kept across execve


def stop_with_parent() -> None:
    """Ask the kernel for SIGTERM when the parent ends. Does nothing where there is no prctl."""
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it ended just before the request
        os.kill(os.getpid(), signal.SIGTERM)
