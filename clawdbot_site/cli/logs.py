"""`clawdbot logs`: what the processes write."""

import time
from collections import deque
from pathlib import Path
from typing import Annotated, TextIO

import typer

from apps.core import config
from apps.core.errors import NotFound
from clawdbot_site.cli.console import out
from clawdbot_site.supervision import places

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
POLL_S = 0.3


@app.command()
def logs(
    process: Annotated[
        str | None, typer.Argument(help="One process; all of them if left out.")
    ] = None,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on until Ctrl-C.")] = False,
    lines: Annotated[int, typer.Option("-n", "--lines", min=0, help="Lines of each.")] = 20,
) -> None:
    """Show the last lines of the processes' logs."""
    files = _files(process)
    for path in files:
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in deque(file, maxlen=lines):
                _show(path, line, is_named=len(files) > 1)
    if follow:
        _follow(files)


def _files(process: str | None) -> list[Path]:
    folder = places.log_dir(config.load())
    found = sorted(path for path in folder.glob("*.log") if not path.name.endswith(".out.log"))
    if process is None:
        return found
    chosen = [path for path in found if path.stem == process]
    if not chosen:
        names = ", ".join(path.stem for path in found) or "none yet: nothing was started here"
        raise NotFound(f"There is no log of “{process}”. There are: {names}.")
    return chosen


def _follow(files: list[Path]) -> None:
    positions = {path: path.stat().st_size for path in files}
    while True:
        for path in files:
            if not path.exists():
                continue  # just being rotated
            if path.stat().st_size < positions[path]:
                positions[path] = 0
            with path.open(encoding="utf-8", errors="replace") as file:
                file.seek(positions[path])
                _show_all(path, file, is_named=len(files) > 1)
                positions[path] = file.tell()
        time.sleep(POLL_S)


def _show_all(path: Path, file: TextIO, *, is_named: bool) -> None:
    while line := file.readline():
        _show(path, line, is_named=is_named)


def _show(path: Path, line: str, *, is_named: bool) -> None:
    prefix = f"{path.stem:<13} " if is_named else ""
    out.print(f"{prefix}{line.rstrip()}", markup=False)
