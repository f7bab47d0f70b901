"""`clawdbot ingest`: files and folders into a collection."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from apps.accounts.models import User
from apps.core.errors import ClawdbotError, Invalid, NotFound
from apps.knowledge.access import collections_of
from apps.knowledge.models import Collection, Permission
from apps.knowledge.services import collection_create
from clawdbot_site.cli.archives import follow_archives
from clawdbot_site.cli.console import counted, note, out
from clawdbot_site.cli.progress import Failure, follow
from clawdbot_site.installation.operator import operator
from clawdbot_site.installation.uploads import pieces
from ingest.services import document_submit
from ingest.submissions import OnConflict, Upload

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(slots=True)
class Batch:
    """What became of the files: documents and archives on their way, those that were there with
    the same bytes (on their way or not), refusals."""

    documents: list[int] = field(default_factory=list)
    archives: dict[int, str] = field(default_factory=dict)  # their jobs, with their names
    unchanged: list[int] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders (with all they hold).")],
    collection: Annotated[str, typer.Option("--collection", "-c", help="Name of the collection.")],
    create: Annotated[bool, typer.Option("--create", help="Create it if it is missing.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Return when all is searchable.")] = False,
    on_conflict: Annotated[
        OnConflict, typer.Option(help="When a path is there already.")
    ] = OnConflict.REPLACE,
) -> None:
    """Add files to a collection. Exit code 1 when a file could not be taken or read."""
    by = operator()
    target = find_collection(collection, by, create=create, remedy=" --create makes it.")
    batch = submit(list(files_of(paths)), target, by, on_conflict)
    new, same = len(batch.documents) + len(batch.archives), len(batch.unchanged)
    note(f"{counted(new, 'file')} submitted, {same} unchanged, {len(batch.failures)} refused")
    if wait:
        wait_for(batch)
    for failure in batch.failures:
        out.print(f"{failure.path}: {failure.message}", markup=False)
    sys.exit(1 if batch.failures else 0)


def find_collection(name: str, by: User, *, create: bool = False, remedy: str = "") -> Collection:
    """The live collection of this name. Raises NotFound, naming those there are."""
    there = collections_of(by, Permission.READ)
    found = there.filter(name=name).first()
    if found is not None:
        return found
    if create:
        return collection_create(name=name, by=by)
    names = ", ".join(there.values_list("name", flat=True)) or "none yet"
    raise NotFound(f"There is no collection “{name}” (there are: {names}).{remedy}")


def files_of(paths: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """Each file with its path in the collection: folders keep their inner structure."""
    for path in paths:
        if path.is_dir():
            inside = (one for one in sorted(path.rglob("*")) if one.is_file())
            yield from (
                (one.relative_to(path).as_posix(), one) for one in inside if not _hidden(one)
            )
        elif path.exists():
            yield path.name, path
        else:
            raise Invalid(f"{path} does not exist.")


def submit(
    files: Sequence[tuple[str, Path]], target: Collection, by: User, on_conflict: OnConflict
) -> Batch:
    """Send the files (path in the collection, where it lies); what is refused is in the batch."""
    batch = Batch()
    for name, path in files:
        try:
            submitted = document_submit(
                collection=target,
                upload=Upload(name, pieces(path)),
                by=by,
                on_conflict=on_conflict,
            )
        except ClawdbotError as error:
            batch.failures.append(Failure(name, error.message))
            continue
        if submitted.document is None:
            if submitted.job:
                batch.archives[submitted.job.pk] = name
        elif submitted.is_new:
            batch.documents.append(submitted.document.pk)
        else:
            batch.unchanged.append(submitted.document.pk)
    return batch


def wait_for(batch: Batch) -> None:
    """Follow all of it to its end, adding what failed to the batch."""
    outcomes = [follow([*batch.documents, *batch.unchanged])]
    if batch.archives:
        outcomes.append(follow_archives(batch.archives))
    ready = sum(outcome.ready for outcome in outcomes)
    failed = sum(len(outcome.failures) for outcome in outcomes)
    if ready or failed:
        note(f"{counted(ready, 'document')} ready, {failed} failed")
    for outcome in outcomes:
        batch.failures += outcome.failures


def _hidden(path: Path) -> bool:
    return path.name.startswith(".")
