"""`clawdbot logs`: what the processes of this machine write."""

import json
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated

import typer

from apps.core import config
from apps.core.config import Config
from apps.core.errors import NotFound
from clawdbot_site.cli import console
from clawdbot_site.logbook.choosing import Choice, since_of
from clawdbot_site.logbook.entries import Entry
from clawdbot_site.logbook.files import last, logs_of, merged, read
from clawdbot_site.logbook.following import follow

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
STYLES = {"WARNING": "yellow", "ERROR": "red", "CRITICAL": "bold red", "DEBUG": "dim"}
ELSEWHERE = {
    "compose": "In containers logs go to the engine: docker compose logs [-f] [PROCESS]",
    "kubernetes": "In pods logs go to the cluster: kubectl logs -l app.kubernetes.io/name=clawdbot"
    " --all-containers --prefix [-f]",
}  # fmt: skip


class Level(StrEnum):
    """How grave an entry is at least."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@app.command()
def logs(  # noqa: PLR0913, PLR0917 - the options of a command
    process: Annotated[
        list[str] | None, typer.Argument(help="Which, like web or worker-parse; all without.")
    ] = None,
    is_followed: Annotated[
        bool, typer.Option("-f", "--follow", help="Go on until Ctrl-C.")
    ] = False,
    lines: Annotated[
        int | None,
        typer.Option("-n", "--lines", min=0, help="The last so many of each; 20 if not chosen."),
    ] = None,
    since: Annotated[str, typer.Option(help="10m, 2h, 1d, or 2026-11-23T08:00.")] = "",
    level: Annotated[Level, typer.Option(help="And graver.")] = Level.DEBUG,
    request: Annotated[
        str, typer.Option(help="The id that the response, an error and nginx's log tell.")
    ] = "",
    text: Annotated[str, typer.Option("--grep", help="With this text.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="An object a line.")] = False,
) -> None:
    """Show the logs of this machine's processes, merged by time; each node has its own."""
    configuration = config.load()
    names = process or []
    choice = Choice(since_of(since), level.upper(), request, text)
    try:
        shown = _shown(configuration, names, choice, lines)
    except NotFound as missing:
        where = ELSEWHERE.get(configuration.node.platform)
        raise NotFound(f"{missing.message} {where}") if where else missing from None
    is_named = len(names) != 1
    is_empty = not _show(shown, is_named=is_named, as_json=as_json)
    if is_empty and not is_followed:
        console.note("nothing is written yet" if choice.is_all else "no line is like that")
    if is_followed:
        _show(follow(configuration, names, choice), is_named=is_named, as_json=as_json)


def _shown(
    configuration: Config, names: Sequence[str], choice: Choice, count: int | None
) -> Iterable[Entry]:
    found = logs_of(configuration, names)
    if choice.is_all:
        return merged([last(log, 20 if count is None else count) for log in found])
    chosen = [read(log, choice) for log in found]
    if count is None:
        return merged(chosen)
    return merged([list(one)[-count:] if count else [] for one in chosen])


def _show(shown: Iterable[Entry], *, is_named: bool, as_json: bool) -> int:
    """How many there were."""
    count = 0
    for count, entry in enumerate(shown, start=1):  # noqa: B007  the last one is told
        if as_json:
            console.out.out(_json(entry))
            continue
        style = STYLES.get(entry.level)
        prefix = f"{entry.process:<13} " if is_named else ""
        for line in entry.readable:
            console.out.out(f"{prefix}{line}", style=style)
    return count


def _json(entry: Entry) -> str:
    told = {
        "at": entry.at.isoformat() if entry.at and entry.at.year > 1 else None,
        "process": entry.process,
        "level": entry.level,
        "logger": entry.logger,
        "request_id": entry.request,
        "message": "\n".join([entry.message, *entry.lines[1:]]),
    }
    return json.dumps(told | entry.more, ensure_ascii=False, default=str)
