"""A log as entries: a line with what belongs to it (a traceback), by whom, when, how grave."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50}
SUPERVISOR = "supervisor"
_SHORT = {"WARN": "WARNING", "CRIT": "CRITICAL", "FATAL": "CRITICAL", "EXCEPTION": "ERROR",
          "TRAC": "DEBUG", "DEBG": "DEBUG", "BLAT": "DEBUG", "ERRO": "ERROR"}  # fmt: skip
_OURS = re.compile(
    r"(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) (?P<level>[A-Z]{4,8}) "
    r"(?:(?P<logger>[\w.-]+)(?: \[(?P<request>[\w.-]+)\]|:) )?(?P<message>.*)"
)
_GUNICORN = re.compile(
    r"\[(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4})\] \[\d+\] \[(?P<level>[A-Z]+)\] "
    r"(?P<message>.*)"
)
_ACCESS = re.compile(
    r"\[(?P<at>\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] (?P<message>.*"
    r' (?P<status>\d{3}) \S+ \S+ \[(?P<request>[\w.-]+)\] ".*")'
)
# Of a command that crashed (cli.boundary); its traceback follows.
_CRASH = re.compile(r"(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[+-]\d\d:\d\d) (?P<message>.*)")
_TIMES = {_OURS: "%Y-%m-%d %H:%M:%S,%f", _GUNICORN: "%Y-%m-%d %H:%M:%S %z",
          _ACCESS: "%d/%b/%Y:%H:%M:%S %z", _CRASH: "%Y-%m-%dT%H:%M:%S.%f%z"}  # fmt: skip
# How programs that write JSON call these; ours among them.
_KEYS = {
    "at": ("time", "at", "timestamp", "ts", "asctime"), "level": ("level", "severity"),
    "logger": ("logger", "name"), "request": ("request_id", "request", "trace_id"),
    "message": ("message", "msg"),
}  # fmt: skip


@dataclass(slots=True)
class Entry:
    """`at`: None before the first line that tells the time. `request`: empty outside of any.

    `lines` are those of the file, without their ends; `message`: the first without what the other
    fields tell. `more`: what else a line of JSON says.
    """

    process: str
    lines: list[str]
    at: datetime | None = None
    level: str = "INFO"
    logger: str = ""
    request: str = ""
    message: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """As it is in the file."""
        return "\n".join(self.lines)

    @property
    def readable(self) -> list[str]:
        """Its lines as people read them, of JSON too."""
        if not self.more or self.at is None:
            return self.lines
        at = f"{self.at.astimezone(UTC):%Y-%m-%d %H:%M:%S},{self.at.microsecond // 1000:03}"
        head = f"{at} {self.level} {self.logger} [{self.request or '-'}] {self.message}"
        return [head, *str(self.more.get("exception", "")).splitlines(), *self.lines[1:]]


def entries(lines: Iterable[str], *, process: str, zone: tzinfo = UTC) -> Iterator[Entry]:
    """The entries of a log, in its order. `zone`: of times that name none.

    A line that begins like no entry belongs to the one before.
    """
    current: Entry | None = None
    for line in (raw.rstrip("\r\n") for raw in lines):
        begun = _begun(line, process, zone)
        if begun is not None or current is None:
            if current is not None:
                yield current
            current = begun or Entry(process, [line], message=line)
        else:
            current.lines.append(line)
    if current is not None:
        yield current


def _begun(line: str, process: str, zone: tzinfo) -> Entry | None:
    if line.startswith("{"):
        return _from_json(line, process, zone)
    for pattern, form in _TIMES.items():
        if found := pattern.match(line):
            told = found.groupdict()
            if process == SUPERVISOR and told.get("logger"):  # it names none: "spawned: …"
                told["message"] = f"{told.pop('logger')}: {told['message']}"
            level = "WARNING" if (told.get("status") or "")[:1] == "5" else told.get("level")
            level = "ERROR" if pattern is _CRASH else level
            return Entry(
                process,
                [line],
                _moment(told["at"], form, zone),
                _level(level),
                told.get("logger") or "",
                _request(told.get("request")),
                told["message"],
            )
    return None


def _from_json(line: str, process: str, zone: tzinfo) -> Entry | None:
    try:
        told = json.loads(line)
    except ValueError:
        return None
    if not isinstance(told, dict):
        return None
    known = {name: next((told.pop(key) for key in keys if key in told), None)
             for name, keys in _KEYS.items()}  # fmt: skip
    try:
        at = datetime.fromisoformat(str(known["at"]))
    except ValueError:
        at = None
    if at is not None and at.tzinfo is None:
        at = at.replace(tzinfo=zone)
    logger, message = str(known["logger"] or ""), str(known["message"] or "")
    level = "WARNING" if str(told.get("status"))[:1] == "5" else known["level"]
    request = _request(known["request"])
    return Entry(process, [line], at, _level(level), logger, request, message, told)


def _moment(text: str, form: str, zone: tzinfo) -> datetime | None:
    try:
        at = datetime.strptime(text, form)  # noqa: DTZ007 - it gets its zone below
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _level(word: Any) -> str:
    upper = str(word or "INFO").upper()
    upper = _SHORT.get(upper, upper)
    return upper if upper in LEVELS else "INFO"


def _request(word: Any) -> str:
    return "" if word in (None, "-") else str(word)
