"""`clawdbot support-bundle`: a file for somebody who helps, with nothing that people wrote."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from apps.core.errors import NotFound
from apps.core.sizes import parse_size
from clawdbot_site.cli import console
from clawdbot_site.cli.console import counted
from clawdbot_site.cli.status import facts
from clawdbot_site.logbook.choosing import Choice, since_of
from clawdbot_site.support.bundle import Bundle, Order, bundle_read, bundle_write
from clawdbot_site.support.redaction import Keep

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command("support-bundle")
def support_bundle(
    to: Annotated[
        Path | None, typer.Option(help="The file; one in this folder if not said.")
    ] = None,
    since: Annotated[str, typer.Option(help="Of the logs: 10m, 2h, 1d, or a moment.")] = "1d",
    keep: Annotated[
        list[Keep] | None,
        typer.Option(help="Leave in: addresses, names, or what messages say. May be repeated."),
    ] = None,
    max_size: Annotated[str, typer.Option(help="Of all files, before they are packed.")] = "10MB",
    show: Annotated[
        Path | None, typer.Option(help="Print what is in this bundle instead of making one.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Write versions, settings, findings, states, figures and logs into one file to look at.

    Nothing is sent. Secrets are never in it; questions, names and addresses only with --keep.
    """
    if show is not None:
        _print(show)
        return
    now = datetime.now(UTC)
    target = to or Path(f"clawdbot-support-{now:%Y%m%d-%H%M%S}.tar.gz")
    choice = Choice(since=since_of(since, now=now))
    order = Order(target, choice, frozenset(keep or ()), _bytes(max_size))
    _tell(bundle_write(order, status=facts, now=now), as_json=as_json)


def _bytes(max_size: str) -> int:
    try:
        return parse_size(max_size)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--max-size") from None


def _tell(bundle: Bundle, *, as_json: bool) -> None:
    if as_json:
        told = {
            "path": bundle.path,
            "size_bytes": bundle.size_bytes,
            "taken_out": bundle.taken_out,
            "files": [one.name for one in bundle.entries],
        }
        console.print_json(told)
        return
    rows = [(one.name, _kilobytes(one.size_bytes), one.told) for one in bundle.entries]
    console.print_table(("file", "size", "holds"), rows)
    console.note(f"{counted(bundle.taken_out, 'piece')} of data taken out or replaced")
    console.note(f"wrote {bundle.path} ({_kilobytes(bundle.size_bytes)}); nothing was sent")
    console.note(f"read it before you give it away: clawdbot support-bundle --show {bundle.path}")


def _print(path: Path) -> None:
    if not path.is_file():
        raise NotFound(f"There is no file {path}.")
    for name, text in bundle_read(path).items():
        console.out.print(f"──── {name}", markup=False, style="bold")
        console.out.out(text, highlight=False)


def _kilobytes(size_bytes: int) -> str:
    return f"{-(-size_bytes // 1000):,} kB"
