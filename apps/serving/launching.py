"""Starts a model again without extra buffers when the first start dies in the processor.

Repacked weights run through code for newer processors, which has crashed on some machines (AMX).
Such a crash is a signal in the middle of loading, so only another process can react to it: this one
forks, waits, and forks once more.
"""

import ctypes
import os
import signal
import traceback
from collections.abc import Callable
from dataclasses import replace

from apps.serving.plan import Plan

CRASHES = frozenset({signal.SIGILL, signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGABRT})
_WATCHED = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGCHLD})
_PR_SET_PDEATHSIG = 1
_LINE = "the first start crashed ({}): loaded without extra buffers"

Serve = Callable[[Plan, Callable[[], None]], int]


def run_guarded(plan: Plan, serve: Serve) -> int:
    """Run `serve(plan, is_ready)` in a child; the exit status, 128 + signal when it was killed.

    When the child dies of a crash before it calls `is_ready`, it is started once more with
    `extra_buffers=False`. SIGTERM and SIGINT are passed on. Call it while there is one thread.
    Without extra buffers there is nothing to try: `serve` runs in this process.
    """
    if not plan.extra_buffers:
        return serve(plan, lambda: None)
    status, was_ready = _run(plan, serve)
    if was_ready or -status not in CRASHES:
        return status if status >= 0 else 128 - status
    line = _LINE.format(signal.Signals(-status).name)
    return run_guarded(replace(plan, extra_buffers=False, reasons=(*plan.reasons, line)), serve)


def stop_with_parent(number: signal.Signals) -> None:
    """Ask the kernel for a signal when the parent ends, even when that one is killed."""
    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:  # it ended just before the request
        os.kill(os.getpid(), number)


def _run(plan: Plan, serve: Serve) -> tuple[int, bool]:
    """The exit status of a child (negative: the signal), and whether it was ready once."""
    is_ready, tells_ready = os.pipe()
    former = signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    child = os.fork()
    if not child:
        status = 1
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, former)
            stop_with_parent(signal.SIGKILL)
            os.close(is_ready)
            status = serve(plan, lambda: _tell(tells_ready))
        except BaseException:  # noqa: BLE001  # os._exit would swallow it
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(tells_ready)
    status = _wait_for(child)
    signal.pthread_sigmask(signal.SIG_SETMASK, former)
    was_ready = os.read(is_ready, 1) == b"1"
    os.close(is_ready)
    return status, was_ready


def _tell(pipe: int) -> None:
    os.write(pipe, b"1")


def _wait_for(child: int) -> int:
    """Its exit status. Signals are taken one by one: none gets lost before a wait begins."""
    while True:
        number = signal.sigwait(_WATCHED)
        if number != signal.SIGCHLD:
            os.kill(child, number)  # not waited for yet, so the id is still the child's
            continue
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
