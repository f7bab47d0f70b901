"""What the commands say: results on stdout, everything else on stderr."""

import json
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

out = Console(highlight=False, soft_wrap=True)
err = Console(highlight=False, stderr=True, soft_wrap=True)

UNLIMITED = 10_000  # columns


def note(text: str) -> None:
    """Tell what is being done."""
    err.print(f"clawdbot: {text}", markup=False)


def fail(message: str, *, code: int = 1) -> NoReturn:
    """End with one clear line on stderr."""
    err.print(f"clawdbot: {' '.join(str(message).split())}", markup=False)
    sys.exit(code)


def print_json(value: Any) -> None:
    """One JSON document on stdout, for machines."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table without borders: readable on a terminal, and cut and grep work on it elsewhere,
    where nothing is shortened."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, no_wrap=True)
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))  # a name like [/x] is no markup
    (out if out.is_terminal else Console(width=UNLIMITED)).print(table)


def confirm(question: str, *, is_sure: bool) -> None:
    """Ask on a terminal; elsewhere, and with --yes, the command was the answer."""
    if is_terminal() and not is_sure:
        typer.confirm(f"clawdbot: {question}", abort=True, err=True)


def is_terminal() -> bool:
    """Whether a person watches stderr, so that lines may be redrawn."""
    return err.is_terminal and os.environ.get("TERM") != "dumb"


def megabytes(size_bytes: int) -> str:
    """A size as people read it."""
    return f"{size_bytes / 10**6:,.{0 if size_bytes >= 10**7 else 1}f} MB"


def counted(count: int, one: str) -> str:
    """A number and what there are so many of: 1 file, 2,000 files; `one` takes an s for more."""
    return f"{count:,} {one}{'' if count == 1 else 's'}"


def duration(seconds: float) -> str:
    """A duration as people read it: 42 s, 3 min, 5 h 10 min."""
    minutes, rest = divmod(int(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
