"""How far asking golden questions is: a bar for each stage on a terminal, plain lines elsewhere."""

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.progress import TimeElapsedColumn as Elapsed

from clawdbot_site.cli.console import err, is_terminal, note

PLAIN_LINES = 10  # for each stage where there is no terminal


class Stages:
    """Called with stage, done, total; inside its block."""

    def __init__(self) -> None:
        self._bars = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Elapsed(),
            console=err, disable=not is_terminal(),
        )  # fmt: skip
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> "Stages":
        self._bars.start()
        return self

    def __exit__(self, *exit_info: object) -> None:
        self._bars.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if is_terminal():
            if stage not in self._tasks:
                self._tasks[stage] = self._bars.add_task(stage, total=total)
            self._bars.update(self._tasks[stage], completed=done, total=total)
        elif done % max(total // PLAIN_LINES, 1) == 0:
            note(f"{stage}: {done} of {total}")
