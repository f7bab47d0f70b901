"""Bytes on their way: a bar on a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from apps.modelhub.files import Watch
from clawdbot_site.cli.console import duration, err, is_terminal, megabytes, note

PLAIN_LINE_S = 5.0


@contextmanager
def transfer() -> Iterator[Watch]:
    """A function that shows how far a file is: stage, bytes done, bytes in all (0: not known)."""
    try:
        with _shown() as show:
            yield show
    except KeyboardInterrupt:
        note("interrupted; what was fetched is kept: the same command goes on from there")
        raise


@contextmanager
def _shown() -> Iterator[Watch]:
    if not is_terminal():
        yield PlainLines()
        return
    columns = (
        TextColumn("clawdbot: {task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True) as progress:
        tasks = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=None)
            progress.update(tasks[stage], completed=done, total=total or None)

        yield show


class PlainLines:
    """A line for each stage every few seconds; a stage that is through sooner says nothing."""

    def __init__(self) -> None:
        self._stage, self._began, self._from, self._said = "", 0.0, 0, 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._began, self._from, self._said = stage, now, done, now
            return
        if now - self._said < PLAIN_LINE_S:
            return
        self._said = now
        speed = (done - self._from) / (now - self._began)
        left = f", {duration((total - done) / speed)} left" if total and speed > 0 else ""
        of = f" of {megabytes(total)} ({done / total:.0%})" if total else ""
        note(f"{stage}: {megabytes(done)}{of}, {megabytes(int(speed))}/s{left}")
