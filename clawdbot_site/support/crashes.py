"""The record of commands that crashed, without what was asked of them."""

import re
from collections.abc import Iterator
from pathlib import Path

from apps.core import config
from clawdbot_site.cli.main import COMMANDS
from clawdbot_site.support.log_redaction import traceback_lines
from clawdbot_site.support.redaction import Redactor

_HEAD = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*)(?: (\S+))?.*")
_LARGEST = 1 << 20


def crashes(redactor: Redactor) -> Iterator[str]:
    """When, which command, where in the program it was; the last megabyte of the record."""
    path = config.home() / "data" / "logs" / "cli-errors.log"
    block: list[str] = []
    for line in _tail(path):
        if head := _HEAD.fullmatch(line):
            yield from traceback_lines(block, redactor)
            block = []
            command = head[2] if head[2] in COMMANDS else "‹command›"
            yield f"{head[1]} clawdbot {command}"
        elif line:
            block.append(line)
    yield from traceback_lines(block, redactor)


def _tail(path: Path) -> list[str]:
    if not path.is_file():
        return []
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _LARGEST))
        return file.read().decode("utf-8", "replace").splitlines()
