"""`clawdbot model`: the language models of this installation."""

from pathlib import Path
from typing import Annotated

import typer

from apps.core.errors import Invalid
from apps.modelhub import fetching, files
from apps.modelhub.arrivals import Added, Outcome
from apps.modelhub.checking import model_check, model_look
from apps.modelhub.models import Model
from apps.modelhub.selectors import model_get, model_list
from apps.modelhub.services import Wishes, model_add, model_remove, users_of
from apps.modelhub.sources import source_of
from clawdbot_site.cli import model_facts
from clawdbot_site.cli.console import confirm, megabytes, note, out, print_json, print_table
from clawdbot_site.cli.transfer import transfer

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)
NameArgument = Annotated[str, typer.Argument(help="As `clawdbot model list` shows it.")]
JsonOption = Annotated[bool, typer.Option("--json", help="For machines.")]
NameOption = Annotated[str, typer.Option("--name", help="What clients call it.")]
LicenceOption = Annotated[
    str, typer.Option("--licence", "--license", help="If the file does not say it.")
]
Sha256Option = Annotated[str, typer.Option("--sha256", help="What the file must have.")]


@app.command()
def add(
    source: Annotated[
        str, typer.Argument(help="PATH, https://…, or hf:owner/repo/file.gguf[@revision].")
    ],
    name: NameOption = "",
    licence: LicenceOption = "",
    sha256: Sha256Option = "",
    is_in_place: Annotated[
        bool, typer.Option("--in-place", help="Leave the file where it is; do not copy it.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Add a GGUF file, from this machine or from elsewhere.

    It is checked before it is a model. A download that is cut short goes on from there.
    """
    wishes = Wishes(name=name, licence=licence, sha256=sha256)
    with transfer() as watch:
        added = model_add(source_of(source), wishes, is_in_place=is_in_place, watch=watch)
    _tell(added, name)
    if as_json:
        print_json(model_facts.as_json(added.model) | {"outcome": added.outcome})


@app.command()
def pull(
    source: Annotated[str, typer.Argument(help="https://… or hf:owner/repo/file.gguf[@revision].")],
    name: NameOption = "",
    licence: LicenceOption = "",
    sha256: Sha256Option = "",
) -> None:
    """Fetch a model from the hub or another address, and add it."""
    wanted = source_of(source)
    if wanted.path is not None:
        raise Invalid("That is a file of this machine; use: clawdbot model add")
    with transfer() as watch:
        added = model_add(wanted, Wishes(name=name, licence=licence, sha256=sha256), watch=watch)
    _tell(added, name)


@app.command("list")
def list_models(as_json: JsonOption = False) -> None:
    """All models, with what holds them now."""
    models = model_list()
    if as_json:
        print_json([model_facts.as_json(model) for model in models])
        return
    print_table(model_facts.COLUMNS, [model_facts.cells(model) for model in models])
    for part in fetching.parts():
        notes = part.notes
        size = f" of {megabytes(notes.size)}" if notes.size else ""
        note(f"begun: {megabytes(part.size)}{size} of {notes.source}; add it again to go on")
    if not models:
        note("no model yet; add one: clawdbot model add PATH or hf:owner/repo/file.gguf")


@app.command()
def show(name: NameArgument, as_json: JsonOption = False) -> None:
    """Everything that is known of a model."""
    model = model_get(name)
    problem = model_look(model)
    if as_json:
        print_json(model_facts.as_json(model))
        return
    for label, value in model_facts.in_words(model):
        out.print(f"{label:<14} {value}", markup=False)
    if problem:
        note(problem)


@app.command("test")
def try_model(name: NameArgument, as_json: JsonOption = False) -> None:
    """Read the whole file, load it in a process of its own, and measure it."""
    from clawdbot_site.supervision.model_trial import try_out  # heavy

    model = model_get(name)
    with transfer() as watch:
        problem = model_check(model, is_full=True, watch=watch)
    if problem:
        raise Invalid(problem)
    note("the file is the one that was added")
    measured = try_out(model, note)
    if as_json:
        print_json(measured)
        return
    for label, value in model_facts.measured_in_words(measured):
        out.print(f"{label:<14} {value}", markup=False)


@app.command()
def remove(
    name: NameArgument,
    is_forced: Annotated[
        bool, typer.Option("--force", help="Also when a profile or a server uses it.")
    ] = False,
    is_sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove a model, and its file unless that was left in its place.

    Or what was fetched in part: its source, as `clawdbot model list` shows it.
    """
    if begun := [part for part in fetching.parts() if part.notes.source == name]:
        fetching.drop(begun[0])
        note("what was fetched of it is deleted")
        return
    model = model_get(name)
    goes = what_goes(model)
    if is_forced and (users := users_of(model)):
        note(f"in use: {', '.join(users)}")
    confirm(f"remove “{name}”? {goes}", is_sure=is_sure)
    model_remove(model, is_forced=is_forced)
    note(f"“{name}” is removed. {goes}")


def what_goes(model: Model) -> str:
    """What removing deletes, in a sentence."""
    path: Path = files.path_of(model)
    if not model.path:
        return "What was fetched of it is deleted."
    if files.is_ours(model):
        return f"Its file is deleted ({megabytes(model.size_bytes)})."
    return f"Its file stays: {path}"


def _tell(added: Added, wanted: str) -> None:
    model = added.model
    if added.outcome == Outcome.KNOWN:
        note(f"the same bytes are here already, as “{model.name}”: nothing was added")
    elif added.outcome == Outcome.REPAIRED:
        note(f"“{model.name}” had lost these bytes; it has them again")
    else:
        note(f"“{model.name}” is here: {model_facts.summary(model)}")
    if wanted and wanted != model.name:
        note(f"it is not called “{wanted}”")
