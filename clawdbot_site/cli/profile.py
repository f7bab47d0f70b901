"""`clawdbot profile`: how questions are answered, and a company's own terms."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from apps.core import config
from apps.core.errors import Invalid
from apps.modelhub.glossaries.files import terms_read, terms_written
from apps.modelhub.glossaries.tables import decoded
from apps.modelhub.models import Profile
from apps.modelhub.profiles import NAMES, profile_for, profile_require
from apps.modelhub.profiles.descriptions import DESCRIPTIONS
from apps.modelhub.profiles.own_terms import own_terms, terms_add, terms_replace
from clawdbot_site.cli.console import counted, note, print_json, print_table

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)
NameArgument = Annotated[str, typer.Argument(help=f"{', '.join(NAMES)}.")]


@app.command("list")
def list_profiles(
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """All profiles, as they are in force."""
    rows = [_facts(name) for name in NAMES]
    if as_json:
        print_json(rows)
        return
    columns = ("name", "engine", "model", "terms", "default")
    print_table(columns, [tuple(str(row[name] or "") for name in columns) for row in rows])


@app.command()
def terms(
    name: NameArgument,
    file: Annotated[
        Path | None, typer.Option("--import", help="Bring in this table (TSV or CSV).")
    ] = None,
    replace: Annotated[bool, typer.Option(help="In place of all that are there.")] = False,
) -> None:
    """Terms of your own: without --import they are written to standard output, as a table."""
    profile_require(name)
    profile, _ = Profile.objects.get_or_create(name=name)
    if file is None:
        sys.stdout.write(terms_written(own_terms(profile)))
        return
    if not file.is_file():
        raise Invalid(f"There is no file {file}.")
    found = terms_read(decoded(file.read_bytes()))
    (terms_replace if replace else terms_add)(profile, found)
    note(f"{counted(len(found), 'term')} brought in; {profile.terms.count()} of your own in {name}")


def _facts(name: str) -> dict[str, object]:
    spec = profile_for(name)
    return {
        "name": name,
        "for": str(DESCRIPTIONS[name]),
        "engine": spec.engine,
        "model": spec.model,
        "terms": len(spec.glossary.terms),
        "default": "yes" if name == config.load().model.type else "",
    }
