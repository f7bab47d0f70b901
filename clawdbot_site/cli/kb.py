"""`clawdbot kb`: a collection out of this installation as one file, and into another."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from apps.core.errors import Invalid
from apps.knowledge.models import Document
from apps.ops.packs import pace
from apps.ops.packs.exporting import Exported, ExportOrder, collection_export
from apps.ops.packs.importing import Imported, ImportOrder, pack_import
from clawdbot_site.cli.console import counted, duration, megabytes, note, out, print_json
from clawdbot_site.cli.ending import ending_cleanly
from clawdbot_site.cli.ingest import find_collection
from clawdbot_site.cli.progress import follow, progress_line
from clawdbot_site.installation.operator import operator

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)
JsonOption = Annotated[bool, typer.Option("--json", help="For machines.")]
ENDING = ".ckb"


@app.callback()
def group() -> None:
    """Knowledge packs: a collection as one file."""


@app.command("export")
def export_pack(
    collection: Annotated[str, typer.Argument(help="The name of the collection.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file; default: NAME.ckb here.")
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help="With the replaced versions that are kept.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Write originals, text, passages, vectors, grants and golden questions into one file."""
    by = operator()
    target = output or Path(f"{collection.replace('/', '_')}{ENDING}")
    if not target.absolute().parent.is_dir():
        raise Invalid(f"There is no folder {target.absolute().parent}.")
    order = ExportOrder(find_collection(collection, by), target.absolute(), has_history=history)
    with ending_cleanly(), _progress("reading") as report:
        written = collection_export(order=order, by=by, report=report)
    if as_json:
        print_json(_export_facts(written))
        return
    counts = written.counts
    note(f"{counted(counts['documents'], 'document')}, "
         f"{counted(counts.get('chunks', 0), 'passage')}, "
         f"{counted(counts['originals'], 'original')}, "
         f"{megabytes(written.size_bytes)}")  # fmt: skip
    if written.left_out:
        note(f"left out: {counted(written.left_out, 'document')} that cannot be searched yet")
    out.print(str(written.path), markup=False)


@app.command("import")
def import_pack(
    pack: Annotated[Path, typer.Argument(help="The file that `clawdbot kb export` wrote.")],
    name: Annotated[str, typer.Option("--as", help="Another name for the collection.")] = "",
    grants: Annotated[
        bool, typer.Option("--grants/--no-grants", help="Give its rights to people of that name.")
    ] = True,
    wait: Annotated[bool, typer.Option("--wait", help="Return when all is searchable.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Verify a pack, then take it over as a new collection. Refused packs change nothing."""
    by = operator()
    if not pack.is_file():
        raise Invalid(f"There is no file {pack}.")
    order = ImportOrder(pack, name=name, has_grants=grants)
    with ending_cleanly(), _progress("checking the pack") as report:
        taken = pack_import(order=order, by=by, report=report)
    if as_json:
        print_json(_import_facts(taken))
    else:
        _tell(taken)
    if wait:
        _wait(taken)


def _tell(taken: Imported) -> None:
    note(f"collection “{taken.collection.name}”: "
         f"{counted(taken.counts['documents'], 'document')}, "
         f"{counted(taken.counts['chunks'], 'passage')}")  # fmt: skip
    if taken.to_embed:
        why = "are missing" if taken.is_same_model else "are of another model than this one's"
        seconds = pace.embedding_s(taken.collection, taken.to_embed)
        note(f"its vectors {why}: the workers embed {counted(taken.to_embed, 'passage')}, "
             f"about {duration(seconds)} on this machine")  # fmt: skip
    grants = taken.grants
    note(f"rights: yours (manage), and {grants.granted} of the pack")
    if grants.unknown:
        note(f"not here, so without rights: {', '.join(sorted(grants.unknown))}")
    for path in sorted(grants.closed):
        note(f"closed to everyone, since it is denied to somebody who is not here: {path}")


def _wait(taken: Imported) -> None:
    documents = Document.objects.filter(collection=taken.collection).values_list("pk", flat=True)
    outcome = follow(list(documents))
    for failure in outcome.failures:
        out.print(f"{failure.path}: {failure.message}", markup=False)
    note(f"{outcome.ready} of {taken.counts['documents']} documents can be searched")
    sys.exit(1 if outcome.failures else 0)


def _export_facts(written: Exported) -> dict[str, Any]:
    return {
        "path": str(written.path),
        "size_bytes": written.size_bytes,
        "counts": written.counts,
        "left_out": written.left_out,
    }


def _import_facts(taken: Imported) -> dict[str, Any]:
    return {
        "collection": taken.collection.uuid,
        "name": taken.collection.name,
        "counts": taken.counts,
        "is_same_model": taken.is_same_model,
        "to_embed": taken.to_embed,
        "granted": taken.grants.granted,
        "unknown": sorted(taken.grants.unknown),
        "closed": sorted(taken.grants.closed),
    }


@contextmanager
def _progress(first: str) -> Iterator[Any]:
    with progress_line(first) as show:

        def report(what: str, done: int, total: int) -> None:
            show(f"{what}: {done} of {total}" if total else what)

        yield report
