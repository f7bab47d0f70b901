"""Where the logs of this machine's processes are, and reading them as one."""

import heapq
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from apps.core.config import Config
from apps.core.errors import NotFound
from clawdbot_site.logbook.choosing import Choice
from clawdbot_site.logbook.entries import Entry, entries
from clawdbot_site.supervision import places

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_SYSTEM_TIME = ("supervisor", "beat", "model-")  # they do not set service.time_zone
_EMPTY_TWINS = ".out.log"  # standard output: nothing of ours writes there


@dataclass(frozen=True, slots=True)
class Log:
    """A process's log: its files, the oldest first; the last is being written."""

    process: str
    paths: Sequence[Path]
    zone: tzinfo

    @property
    def current(self) -> Path:
        """The file that is being written."""
        return self.paths[-1]


def logs_of(configuration: Config, names: Sequence[str] = ()) -> Sequence[Log]:
    """Those of these processes, or of all, by name. Raises NotFound for one that has none."""
    folder = places.log_dir(configuration)
    found = {path.stem: path for path in sorted(folder.glob("*.log")) if _is_shown(path)}
    for name in names:
        if name not in found:
            known = ", ".join(found) or "none yet: nothing was started here"
            raise NotFound(f"There is no log of “{name}”. There are: {known}.")
    zone = ZoneInfo(configuration.service.time_zone)
    return [
        Log(name, [*_rotated(path), path], _machines_zone() if _is_system(name) else zone)
        for name, path in found.items()
        if not names or name in names
    ]


def read(log: Log, choice: Choice) -> Iterator[Entry]:
    """Its entries that are chosen, by time; files that were written last before it are not read."""
    for path in log.paths:
        try:
            is_old = choice.since and path.stat().st_mtime < choice.since.timestamp()
            if is_old:
                continue
            with path.open(encoding="utf-8", errors="replace") as file:
                yield from filter(choice.takes, entries(file, process=log.process, zone=log.zone))
        except FileNotFoundError:
            continue  # rotated away


def last(log: Log, count: int) -> Sequence[Entry]:
    """Its last entries."""
    found = deque[Entry](maxlen=count)
    for path in reversed(log.paths):
        older = Log(log.process, [path], log.zone)
        before = list(found)
        found = deque(read(older, Choice()), maxlen=count)
        found.extend(before)
        if len(found) >= count:
            break
    return list(found)[-count:] if count else []


def merged(logs: Sequence[Iterator[Entry] | Sequence[Entry]]) -> Iterator[Entry]:
    """Entries of several logs by time; those of one log stay in their order."""
    return heapq.merge(*(_timed(log) for log in logs), key=lambda entry: entry.at or _LONG_AGO)


def _timed(log: Iterator[Entry] | Sequence[Entry]) -> Iterator[Entry]:
    """With the time of the entry before, where one tells none or an earlier one."""
    at = _LONG_AGO
    for entry in log:
        entry.at = at = max(at, entry.at or at)
        yield entry


def _rotated(path: Path) -> list[Path]:
    """`web.log.3`, `web.log.2`, `web.log.1`: the highest number is the oldest."""
    old = [one for one in path.parent.glob(f"{path.name}.*") if one.suffix[1:].isdigit()]
    return sorted(old, key=lambda one: -int(one.suffix[1:]))


def _is_shown(path: Path) -> bool:
    return not path.name.endswith(_EMPTY_TWINS)


def _is_system(name: str) -> bool:
    return name.startswith(_SYSTEM_TIME)


def _machines_zone() -> tzinfo:
    return datetime.now().astimezone().tzinfo or UTC
