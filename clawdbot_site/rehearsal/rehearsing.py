"""The use-case: does a backup bring back an installation that answers as this one does?"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

from apps.core import config
from apps.core.errors import ClawdbotError
from apps.knowledge import changes
from apps.knowledge.models import ChangeSequence
from apps.modelhub.models import Profile
from apps.ops.backups.snapshots import Snapshot
from clawdbot_site.cli.console import counted
from clawdbot_site.rehearsal.scratch import Installation, ourselves, scratch

Report = Callable[[str, int, int], None]
WORSE_BY = 0.02  # of a figure, where nothing was changed since
LEAST_FOUND = 0.8
ROW_BYTES = 3000  # of the scratch database, for each row: to see whether the disk has room
FOUND, ANSWERED = "recall_at_5", "answer_right"
_ALIKE = ("", Profile.Engine.AUTO, Profile.Engine.BUILTIN)  # engines that both sides have


@dataclass(frozen=True, slots=True)
class RehearsalOrder:
    """Which snapshot of which backups, and where there is room; None: in the data folder."""

    place: Path
    passphrase: str | None
    snapshot: str
    scratch: Path | None = None


@dataclass(slots=True)
class Rehearsed:
    """What came back. `golden`: a line for each golden set, with its figures as restored (`there`)
    and in this installation (`here`, None without). `problems`: empty when all is well."""

    documents: int = 0
    passages: int = 0
    looked_for: int = 0
    found: int = 0
    golden: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def rehearse(order: RehearsalOrder, snapshot: Snapshot, report: Report) -> Rehearsed:
    """Restore into a scratch folder, build the index, look for passages, answer the golden sets
    there and here, compare. Nothing of the scratch folder is left. Raises as `scratch`.
    """
    folder = (order.scratch or config.load().data_dir).resolve()
    needed = 2 * snapshot.counts.original_bytes + ROW_BYTES * snapshot.counts.rows + 10**8
    rehearsed = Rehearsed()
    with scratch(folder, needed) as (home, restored):
        try:
            _restore(order, home, restored, report)
            report("building the index, asking", 0, 0)
            told = json.loads(restored.clawdbot("rehearse-step", "--build"))
        except ClawdbotError as error:
            rehearsed.problems.append(error.message)
            return rehearsed
    for name, value in told["holdings"].items():
        setattr(rehearsed, name, value)
    _compare_counts(rehearsed, snapshot)
    report("asking here", 0, 0)
    _compare_golden(rehearsed, told["golden"], snapshot)
    return rehearsed


def _restore(order: RehearsalOrder, home: Path, restored: Installation, report: Report) -> None:
    report("restoring", 0, 0)
    arguments = ["restore", order.snapshot, "--from", str(order.place), "--json"]
    if order.passphrase:
        path = home / "passphrase"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(order.passphrase)
        arguments += ["--passphrase-file", str(path)]
    restored.clawdbot(*arguments)


def _compare_counts(rehearsed: Rehearsed, snapshot: Snapshot) -> None:
    counts = snapshot.counts
    if (rehearsed.documents, rehearsed.passages) != (counts.documents, counts.chunks):
        rehearsed.problems.append(
            f"{counted(counts.documents, 'document')} and "
            f"{counted(counts.chunks, 'passage')} were stored, "
            f"{rehearsed.documents} and {rehearsed.passages} came back"
        )
    if rehearsed.found < LEAST_FOUND * rehearsed.looked_for:
        rehearsed.problems.append(
            f"of {rehearsed.looked_for} passages only {rehearsed.found} are found again"
        )


def _compare_golden(
    rehearsed: Rehearsed, there: dict[str, dict[str, Any]], snapshot: Snapshot
) -> None:
    here = _asked_here() if there else {}
    is_same = bool(here) and changes.latest() == snapshot.change_seq
    for uuid, figures in there.items():
        ours = here.get(uuid)
        line = {"collection": figures["name"], "questions": figures["queries"]}
        rehearsed.golden.append(line | {"there": figures, "here": ours})
        if is_same and ours and ours["queries"] == figures["queries"]:
            rehearsed.problems += [
                f"{figures['name']}: {name} is {figures[name]}, here it is {ours[name]}"
                for name in _compared()
                if figures[name] < ours[name] - WORSE_BY
            ]


def _compared() -> tuple[str, ...]:
    """Answers only where nobody but the built-in reader writes them: models are not restored."""
    is_written = Profile.objects.exclude(engine__in=_ALIKE).exists()
    return (FOUND,) if is_written else (FOUND, ANSWERED)


def _asked_here() -> dict[str, dict[str, Any]]:
    """Empty where nothing is set up, as on a machine that only keeps backups."""
    if ChangeSequence._meta.db_table not in connection.introspection.table_names():
        return {}
    golden: dict[str, dict[str, Any]] = json.loads(ourselves().clawdbot("rehearse-step"))["golden"]
    return golden
