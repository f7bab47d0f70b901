"""Entries of logs without what people wrote: the program's own words, figures and ids are left."""

import builtins
import linecache
import re
import sys
from collections.abc import Iterator
from datetime import UTC
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.urls import Resolver404, resolve

from apps.core.config import REPOSITORY
from clawdbot_site.logbook.entries import SUPERVISOR, Entry
from clawdbot_site.support.redaction import Keep, Redactor
from clawdbot_site.support.wording import defines, is_logger, wording_of

ACCESS = "access"
_ACCESS = re.compile(r'(\S+) "(\S+) (.*?)" (\d{3}) (\S+) (\S+) \[[\w.-]+\] ".*"')
_ACCESS_LOGGER = "gunicorn.access"  # with log.format: json
_ACCESS_LINE = '{client} "{method} {path}" {status} {bytes} {seconds}s [-] "-"'
_FRAME = re.compile(
    r'(?P<indent>\s+)File "(?P<path>[^"]+)", line (?P<line>\d+), in (?P<name>[\w.<>]+)'
)
_RAISED = re.compile(r"(?:(?P<module>\w+(?:\.\w+)*)\.)?(?P<kind>[A-Z]\w*)(?P<said>:.*)?")
_MARKS = re.compile(r"[\s~^]*[~^][\s~^]*")
_BETWEEN = re.compile(
    r"Traceback \(most recent call last\):|During handling of the above exception, .*"
    r"|The above exception was the direct cause of the following exception:"
)
_OWN_ID = re.compile(r"[0-9a-f]{32}")  # others are what a client made up
_MADE_UP = re.compile(r"<(?:frozen [\w.]+|string|stdin)>")


def redacted(entry: Entry, redactor: Redactor) -> Iterator[str]:
    """The lines that stand for an entry."""
    at = entry.at.astimezone(UTC).isoformat(timespec="milliseconds") if entry.at else "?"
    logger = entry.logger if is_logger(entry.logger) else "-"
    request = entry.request if _OWN_ID.fullmatch(entry.request) else "-"
    head = f"{at} {entry.level} {logger} [{request}]"
    yield f"{head} {_message(entry, redactor)}"
    yield from traceback_lines(entry.lines[1:], redactor)
    if raised := entry.more.get("exception"):
        yield from traceback_lines(str(raised).splitlines(), redactor)


class _Told(dict[str, Any]):
    """With a dash for what a line does not tell."""

    def __missing__(self, name: str) -> str:
        return "-"


def _message(entry: Entry, redactor: Redactor) -> str:
    if entry.process == ACCESS:
        return _access(entry.message, redactor)
    if entry.logger == _ACCESS_LOGGER:
        return _access(_ACCESS_LINE.format_map(_Told(entry.more)), redactor)
    if Keep.MESSAGES in redactor.keep:
        return redactor.text(entry.message)
    source = entry.logger or (SUPERVISOR if entry.process == SUPERVISOR else "gunicorn")
    said = wording_of(source).without_data(entry.message, redactor.hole)
    return said if said is not None else redactor.hole(entry.message)


def _access(message: str, redactor: Redactor) -> str:
    """Without what the browser says of itself, and with the route in place of the address."""
    found = _ACCESS.fullmatch(message)
    if found is None:
        return redactor.hole(message)
    client, method, path, status, size, took = found.groups()
    who = redactor.text(client)
    rest = f"{status} {redactor.hole(size)} {redactor.hole(took)}"
    return f"{who} {redactor.hole(method)} {_route(path)} {rest}"


@lru_cache(maxsize=4096)
def _route(path: str) -> str:
    try:
        return f"/{resolve(path).route}"
    except Resolver404:
        return "/‹no such page›"


def traceback_lines(lines: list[str], redactor: Redactor) -> Iterator[str]:
    """A traceback: where it went through, and what was raised, without what it said."""
    taken = 0
    code = ""
    for line in lines:
        kept, code = _traceback_line(line, code, redactor)
        if kept is None:
            taken += 1
            continue
        if taken:
            yield f"‹{taken} lines›"
            taken = 0
        yield kept
    if taken:
        yield f"‹{taken} lines›"


def _traceback_line(line: str, code: str, redactor: Redactor) -> tuple[str | None, str]:
    """The line as it may be read, None: not at all; and the line of code that may follow it."""
    bare = line.strip(" |+-")
    if frame := _FRAME.fullmatch(line):
        path, number = frame["path"], int(frame["line"])
        name = frame["name"] if _is_function(path, frame["name"]) else "‹name›"
        shown = f'{frame["indent"]}File "{_place(path)}", line {number}, in {name}'
        return shown, linecache.getline(path, number).strip() if _is_program(path) else ""
    if _BETWEEN.fullmatch(bare) or _MARKS.fullmatch(line) or (code and bare == code):
        return line, ""
    if Keep.MESSAGES in redactor.keep:
        return redactor.text(line), ""
    if (raised := _RAISED.fullmatch(line)) and (kind := _kind(raised["module"], raised["kind"])):
        said = raised["said"] or ""
        return kind + (f": ‹{len(said) - 2}›" if said else ""), ""
    return None, ""


def _kind(module: str | None, name: str) -> str:
    """The exception's name where there is one of that name; empty: it may be any word."""
    if module is None:
        found = getattr(builtins, name, None)
        return name if isinstance(found, type) and issubclass(found, BaseException) else ""
    return f"{module}.{name}" if defines(module, name) else ""


def _place(path: str) -> str:
    """Relative to the program, or to packages: folders above may be named after people."""
    if _MADE_UP.fullmatch(path):
        return path
    for root in _roots():
        if Path(path).is_relative_to(root) and _is_program(path):
            return str(Path(path).relative_to(root))
    return "‹elsewhere›"


def _is_program(path: str) -> bool:
    """A source file of ours or of a package; what else is called a file may be anybody's text."""
    is_below = any(Path(path).is_relative_to(root) for root in _roots())
    return is_below and path.endswith(".py") and Path(path).is_file()


def _is_function(path: str, name: str) -> bool:
    """Whether the file has one of this name, or it is one without."""
    if name.startswith("<") or _MADE_UP.fullmatch(path):
        return re.fullmatch(r"<\w+>|\w+", name) is not None
    short = re.escape(name.rpartition(".")[2])
    lines = linecache.getlines(path) if _is_program(path) else []
    return any(re.match(rf"\s*(?:async )?(?:def|class) {short}\b", line) for line in lines)


def _roots() -> list[Path]:
    found = [REPOSITORY, *map(Path, sys.path), Path(sys.base_prefix)]
    return [root for root in found if root.is_absolute() and root != Path("/")]
