"""The files of a bundle, each made by itself: what cannot be looked at says so."""

import json
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from apps.core import config
from apps.ops.metrics import exposition
from clawdbot_site.installation.examination import examine
from clawdbot_site.logbook.choosing import Choice
from clawdbot_site.logbook.entries import Entry
from clawdbot_site.logbook.files import Log, logs_of, read
from clawdbot_site.support import facts, settings_shown
from clawdbot_site.support.crashes import crashes
from clawdbot_site.support.log_redaction import redacted, traceback_lines
from clawdbot_site.support.redaction import Redactor

COMMANDS_LOG = "cli-errors"  # in crashes.log
RAW = 2  # characters of a log for one that is left of it
Write = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the bundle; `told`: what is in it, in words."""

    name: str
    told: str
    write: Write


def parts(redactor: Redactor, status: Callable[[], Mapping[str, Any]]) -> Sequence[Part]:
    """All but the logs, the most telling first. `status`: what `clawdbot status --json` tells."""

    def plain(tell: Callable[[], Any]) -> Write:
        return lambda: redactor.text(_json(tell()))

    configuration = config.load()
    return [
        Part("versions.json", "program, Python, packages, system", plain(facts.versions)),
        Part("configuration.yaml", "settings; texts of your own only as ‹set›",
             lambda: _yaml(settings_shown.shown(configuration))),
        Part("doctor.json", "findings, each with its remedy",
             plain(lambda: [one.as_json() for one in examine(configuration)])),
        Part("status.json", "processes, nodes, documents by state, models", plain(status)),
        Part("machine.json", "processor, memory, GPU, disk", plain(facts.machine)),
        Part("database.json", "migrations, number of rows", plain(facts.database)),
        Part("index.json", "how far the indexes are", plain(facts.index)),
        Part("jobs.json", "number of jobs by state and error code", plain(facts.jobs)),
        Part("requests.json", "how many, how they ended, how long they took",
             plain(facts.requests)),
        Part("metrics.txt", "the figures for Prometheus",
             lambda: redactor.text(exposition().decode())),
        Part("crashes.log", "errors of commands, without what they said",
             lambda: "\n".join(crashes(redactor))),
    ]  # fmt: skip


def log_parts(redactor: Redactor, choice: Choice, at_most_bytes: int) -> Iterator[Part]:
    """The logs, each with its share of the room that is left; of a long one the end."""
    found = [log for log in logs_of(config.load()) if log.process != COMMANDS_LOG]
    for log in found:
        share = at_most_bytes // max(1, len(found))
        told = "log, the program's own words; data as ‹length›"
        yield Part(f"logs/{log.process}.log", told, _log(log, redactor, choice, share))


def made(part: Part, redactor: Redactor) -> str:
    """Its text; where it cannot be made, what kept it: a broken part must not cost the others."""
    try:
        return part.write()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the outcome of a part
        lines = "".join(traceback.format_exception(error)).splitlines()
        return "\n".join(["this could not be looked at", *traceback_lines(lines, redactor)]) + "\n"


def _log(log: Log, redactor: Redactor, choice: Choice, share: int) -> Write:
    def write() -> str:
        left_out, chosen = _end(read(log, choice), RAW * share)
        lines = [line for entry in chosen for line in redacted(entry, redactor)]
        kept, size = 0, 0
        for line in reversed(lines):
            size += len(line.encode()) + 1
            if size > share:
                break
            kept += 1
        is_cut = left_out or kept < len(lines)
        head = [f"‹{left_out} entries and {len(lines) - kept} lines before›"] if is_cut else []
        return "\n".join([*head, *lines[len(lines) - kept :]]) + "\n"

    return write


def _end(entries: Iterator[Entry], at_most: int) -> tuple[int, Iterable[Entry]]:
    """The last ones, of so many characters together; and how many were before them."""
    held, size, left_out = deque[Entry](), 0, 0
    for entry in entries:
        held.append(entry)
        size += len(entry.text)
        while size > at_most and len(held) > 1:
            size -= len(held.popleft().text)
            left_out += 1
    return left_out, held


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n"


def _yaml(value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False)
