"""`clawdbot backup`: make backups, look at them, read them again, let go of old ones."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from apps.ops.backups import schedule
from apps.ops.backups.checking import snapshots_check
from apps.ops.backups.making import BackupOrder, Made, backup_create
from apps.ops.backups.pruning import prune as prune_backups
from apps.ops.backups.refusals import BackupDamaged
from apps.ops.backups.repository import Repository, repository_open, time_of
from apps.ops.backups.retention import Retention
from apps.ops.backups.snapshots import Snapshot
from clawdbot_site.cli.backup_place import (
    FromOption,
    JsonOption,
    PassphraseOption,
    PlaceOption,
    facts_of,
    opened,
    passphrase_for,
    place_of,
)
from clawdbot_site.cli.console import (
    counted,
    megabytes,
    note,
    out,
    print_json,
    print_table,
)
from clawdbot_site.cli.ending import ending_cleanly
from clawdbot_site.cli.progress import counting
from clawdbot_site.rehearsal.rehearsing import RehearsalOrder, rehearse

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def create(
    context: typer.Context,
    to: PlaceOption = None,
    passphrase_file: PassphraseOption = None,
    with_keys: Annotated[
        bool, typer.Option("--with-keys", help="The signing key and the operator's key, too.")
    ] = False,
    unencrypted: Annotated[
        bool, typer.Option("--unencrypted", help="Begin a folder that everybody can read.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Store database, originals and configuration as they are now. Others go on working.

    Only what is new since the last one takes space.
    """
    if context.invoked_subcommand:
        return
    place = place_of(to, "--to")
    passphrase = passphrase_for(place, passphrase_file)
    order = BackupOrder(place, passphrase, has_keys=with_keys, may_be_open=unencrypted)
    with ending_cleanly(), counting("looking at what is there") as report:
        made = backup_create(order, report)
    _tell_made(made, as_json=as_json)
    sys.exit(1 if made.snapshot.lost else 0)


@app.command("list")
def list_snapshots(
    source: FromOption = None, passphrase_file: PassphraseOption = None, as_json: JsonOption = False
) -> None:
    """The snapshots, the oldest first."""
    repository = opened(source, passphrase_file)
    names = repository.folder.snapshots()
    found = {name: one for name in names if (one := _readable(repository, name))}
    if as_json:
        print_json(
            [
                {"name": name} | (facts_of(found[name]) if name in found else {"is_damaged": True})
                for name in names
            ]
        )
        return
    rows = [
        (name, one.counts.documents, one.counts.originals, megabytes(one.counts.original_bytes),
         one.database, one.program, "yes" if one.keys else "no")
        for name, one in found.items()
    ]  # fmt: skip
    columns = ("snapshot", "documents", "originals", "unpacked", "database", "program", "keys")
    print_table(columns, rows)
    note(f"{counted(len(names), 'snapshot')}, {megabytes(repository.folder.size_bytes())} together")
    if damaged := [name for name in names if name not in found]:
        note(f"{len(damaged)} cannot be read: {', '.join(damaged)}")


@app.command()
def verify(
    snapshot: Annotated[str, typer.Argument(help="Its name, or how it begins.")] = "",
    source: FromOption = None,
    passphrase_file: PassphraseOption = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Only read every byte; of all snapshots, unless named.")
    ] = False,
    scratch: Annotated[
        Path | None, typer.Option(help="Where to restore for a while; default: the data folder.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Read every byte, restore into a scratch folder, build the index, answer the golden sets.

    Exit code 1 when anything is damaged, missing or found worse than here.
    """
    place = place_of(source, "--from")
    passphrase = passphrase_for(place, passphrase_file)
    repository = repository_open(place, passphrase=passphrase)
    name = repository.named(snapshot)
    names = repository.folder.snapshots() if quick and not snapshot else [name]
    with ending_cleanly(), counting("reading the backups") as report:
        checked = snapshots_check(repository, names, report)
        rehearsed = None
        if not quick and not checked.broken:
            order = RehearsalOrder(place, passphrase, name, scratch)
            rehearsed = rehearse(order, repository.snapshot(name), report)
    is_sound = not checked.broken and not (rehearsed and rehearsed.problems)
    facts: dict[str, Any] = {"snapshot": name, "is_sound": is_sound, "checked": asdict(checked)}
    facts["rehearsal"] = asdict(rehearsed) if rehearsed else None
    _tell_verified(facts, as_json=as_json)
    sys.exit(0 if is_sound else 1)


@app.command()
def prune(
    source: FromOption = None,
    passphrase_file: PassphraseOption = None,
    keep_daily: Annotated[
        int | None, typer.Option(min=0, help="The last of so many days; else backup.keep_daily.")
    ] = None,
    keep_weekly: Annotated[
        int | None, typer.Option(min=0, help="The last of so many weeks; else backup.keep_weekly.")
    ] = None,
    keep_monthly: Annotated[
        int | None,
        typer.Option(min=0, help="The last of so many months; else backup.keep_monthly."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Let go of snapshots that backup.keep_* does not keep, and of what only they had."""
    repository = opened(source, passphrase_file)
    configured = schedule.retention()
    retention = Retention(
        configured.daily if keep_daily is None else keep_daily,
        configured.weekly if keep_weekly is None else keep_weekly,
        configured.monthly if keep_monthly is None else keep_monthly,
    )
    with ending_cleanly(), counting("looking at the snapshots") as report:
        pruned = prune_backups(repository, retention, report)
    if as_json:
        print_json(asdict(pruned))
        return
    note(f"{counted(len(pruned.removed), 'snapshot')} removed, {len(pruned.kept)} kept, "
         f"{megabytes(pruned.freed_bytes)} free again")  # fmt: skip


def _readable(repository: Repository, name: str) -> Snapshot | None:
    try:
        return repository.snapshot(name)
    except BackupDamaged:
        return None


def _tell_made(made: Made, *, as_json: bool) -> None:
    if as_json:
        added = {"new_objects": made.new_objects, "new_bytes": made.new_bytes}
        print_json({"name": made.name} | facts_of(made.snapshot) | added)
        return
    counts = made.snapshot.counts
    note(f"{counted(counts.documents, 'document')}, {counted(counts.chunks, 'passage')}, "
         f"{counted(counts.originals, 'original')} ({megabytes(counts.original_bytes)}); "
         f"new: {megabytes(made.new_bytes)}")  # fmt: skip
    if lost := made.snapshot.lost:
        note(f"{counted(len(lost), 'original')} missing or damaged here, so not in it: "
             "clawdbot index verify names the documents")  # fmt: skip
    out.print(made.name, markup=False)


def _tell_verified(facts: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(facts)
        return
    checked, rehearsed = facts["checked"], facts["rehearsal"]
    note(f"{facts['snapshot']} of {time_of(facts['snapshot']):%Y-%m-%d %H:%M} UTC: "
         f"{counted(checked['objects'], 'object')} read, "
         f"{len(checked['damaged'])} damaged")  # fmt: skip
    for name in checked["broken"]:
        out.print(f"damaged: {name}", markup=False)
    if rehearsed:
        note(f"restored {counted(rehearsed['documents'], 'document')}, "
             f"{counted(rehearsed['passages'], 'passage')}; "
             f"{rehearsed['found']} of {rehearsed['looked_for']} found again")  # fmt: skip
        rows = [
            (
                one["collection"],
                one["questions"],
                *(_shown(one[side]) for side in ("there", "here")),
            )
            for one in rehearsed["golden"]
        ]
        if rows:
            print_table(("golden set", "questions", "restored", "here"), rows)
        for problem in rehearsed["problems"]:
            out.print(problem, markup=False)
    note("sound" if facts["is_sound"] else "NOT sound")


def _shown(figures: dict[str, float] | None) -> str:
    if figures is None:
        return "-"
    return f"recall@5 {figures['recall_at_5']:.3f}, right {figures['answer_right']:.3f}"
