"""Starts a model again without extra buffers when the first start dies in the processor.

Repacked weights run through code for newer processors, which has crashed on some machines (AMX).
Such a crash is a signal in the middle of loading, so only another process can react to it: this one
forks, waits, and forks once more.
"""

import ctypes
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from apps.serving.plan import Plan

CRASHES = frozenset({signal.SIGILL, signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGABRT})
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
    child = os.fork()
    if not child:
        os.close(is_ready)
        status = 1
        try:
            stop_with_parent(signal.SIGKILL)
            status = serve(plan, lambda: _tell(tells_ready))
        finally:
            os._exit(status)
    os.close(tells_ready)
    former = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in former:
        _pass_on(number, child)
    try:
        _, waited = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(waited), os.read(is_ready, 1) == b"1"
    finally:
        os.close(is_ready)
        for number, handler in former.items():
            signal.signal(number, handler)


def _tell(pipe: int) -> None:
    os.write(pipe, b"1")


def _pass_on(number: signal.Signals, child: int) -> None:
    def pass_on(*_: object) -> None:
        with suppress(ProcessLookupError):
            os.kill(child, number)

    signal.signal(number, pass_on)
