"""`clawdbot upgrade`: look first, back up, change the tables; or take the changes back."""

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from apps.core.errors import Conflict
from apps.core.version import VERSION
from clawdbot_site.cli import console
from clawdbot_site.cli.backup_place import JsonOption
from clawdbot_site.cli.console import counted, note
from clawdbot_site.installation.findings import Finding
from clawdbot_site.upgrading import backing_up, migrating, preflight

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
BackupOption = Annotated[
    bool, typer.Option("--backup/--no-backup", help="Into backup.to, before anything changes.")
]


@app.callback(invoke_without_command=True)
def upgrade(context: typer.Context, backup: BackupOption = True) -> None:
    """Bring the tables to this version. Nodes of the version before go on working.

    Restart the nodes one after the other then.
    """
    if context.invoked_subcommand:
        return
    wrong = [found for found in preflight.findings() if not found.is_fine]
    if not backup:
        wrong = [found for found in wrong if found.check != "backup"]
    if wrong:
        for finding in wrong:
            _show(finding)
        raise Conflict("Nothing was changed.")
    applied = migrating.tables_up_to_date(note, back_up=_backed_up(backup))
    if not applied:
        note(f"the tables are those of {VERSION} already")
        return
    note(f"{counted(len(applied), 'migration')} applied; restart each node, one after the other")


@app.command()
def check(as_json: JsonOption = False) -> None:
    """What an upgrade would do, and what is in its way. Exit code 1 when something is."""
    found = list(preflight.findings())
    if as_json:
        console.print_json([asdict(finding) for finding in found])
    else:
        for finding in found:
            _show(finding)
    sys.exit(0 if all(finding.is_fine for finding in found) else 1)


@app.command()
def back(backup: BackupOption = True) -> None:
    """Take back what this version changed in the tables; to be run by this version's program.

    Not needed to go back by one minor version: that program works on these tables.
    """
    taken = migrating.tables_back(note, back_up=_backed_up(backup))
    if not taken:
        note("there is nothing to take back")
        return
    note(f"{counted(len(taken), 'migration')} taken back; now install the version before")


def _backed_up(is_wanted: bool) -> backing_up.BackUp:
    return (lambda: backing_up.back_up(note)) if is_wanted else (lambda: None)


def _show(finding: Finding) -> None:
    mark = "ok  " if finding.is_fine else "FIX "
    console.out.print(f"{mark} {finding.check:<9} {finding.seen}", markup=False)
    if finding.remedy:
        console.out.print(f"     {'':<9} {finding.remedy}", markup=False)
