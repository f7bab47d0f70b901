"""Killing (SIGKILL) at every database statement and every removal of a file, one after the other.

Runs inside an installation: each attempt is a child process on a fresh copy of its data folder.
"""

import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection

MOST_STEPS = 400
Work = Callable[[], Any]


def every_kill(data: Path, work: Work, look: Work) -> list[Any]:
    """What `look` finds in a process of its own after each kill of `work`, and after none."""
    seed = data.with_name("seed")
    if not seed.exists():
        shutil.copytree(data, seed)
    found = []
    for step in range(1, MOST_STEPS):
        shutil.rmtree(data)
        shutil.copytree(seed, data)
        was_killed = _in_child(lambda step=step: _killing(step, work)) is None
        found.append(_in_child(look))
        if not was_killed:
            return found
    raise AssertionError("it never ran through")


def _killing(step: int, work: Work) -> bool:
    """Run `work`, and kill this process before its `step`-th statement or removal."""
    left = step

    def tick() -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(execute: Any, *arguments: Any) -> Any:
        tick()
        return execute(*arguments)

    unlink = Path.unlink

    def removal(path: Path, missing_ok: bool = False) -> None:
        tick()
        unlink(path, missing_ok=missing_ok)

    Path.unlink = removal  # type: ignore[method-assign]
    with connection.execute_wrapper(statement):
        work()
    return True


def _in_child(work: Work) -> Any:
    """The result of `work` in a forked process, through JSON; None when it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            os.write(writing, json.dumps(work()).encode())
            os._exit(0)
        except BaseException as error:  # noqa: BLE001 - told to the parent
            os.write(writing, json.dumps({"error": repr(error)}).encode())
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return json.loads(told) if told else None
