"""`clawdbot eval`, about golden sets: list, import, export, draft, harvest, approve."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from apps.core.errors import Invalid, NotFound
from apps.evaluation import exchanging, sheets
from apps.evaluation.drafting.drafts import Drafting, golden_questions_draft
from apps.evaluation.golden_questions import golden_question_list, golden_questions_take
from apps.evaluation.golden_sets import (
    golden_set_create,
    golden_set_default,
    golden_set_get,
    golden_set_list,
)
from apps.evaluation.harvesting import golden_questions_harvest
from apps.evaluation.models import GoldenQuestion, GoldenSet
from apps.knowledge.access import collections_of
from apps.knowledge.models import Permission
from clawdbot_site.cli.console import counted, note, out, print_json, print_table
from clawdbot_site.installation.operator import operator

SetArgument = Annotated[
    str, typer.Argument(metavar="SET", help="COLLECTION (its golden questions) or COLLECTION/SET.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="For machines.")]


def sets(as_json: JsonOption = False) -> None:
    """The golden sets, with their questions and their newest figures."""
    rows = [_facts(one) for one in golden_set_list(by=operator())]
    if as_json:
        print_json(rows)
        return
    figures = ("recall_at_10", "mrr", "f1")
    cells = [
        (row["set"], row["questions"], row["drafts"],
         *("-" if row[name] is None else f"{row[name]:.3f}" for name in figures))
        for row in rows
    ]  # fmt: skip
    print_table(("set", "asked", "drafts", "recall@10", "mrr", "f1"), cells)


def import_(
    name: SetArgument,
    file: Annotated[Path, typer.Argument(help="CSV, XLSX or JSONL.")],
    is_trial: Annotated[bool, typer.Option("--check", help="Only look, write nothing.")] = False,
    create: Annotated[
        bool, typer.Option("--create", help="Make the set if it is not there.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring questions in: columns question, answers, documents (paths), tags, passage.

    Lines with a problem are told and left out. Exit code 1 when there are any.
    """
    by = operator()
    golden_set = _opened(name, create=create)
    try:
        content = file.read_bytes()
    except OSError:
        raise Invalid(f"{file} cannot be read.") from None
    rows = sheets.read(file.name, content)
    told = exchanging.golden_questions_import(
        golden_set=golden_set, rows=rows, by=by, is_trial=is_trial
    )
    counts = {"added": told.added, "changed": told.changed, "same": told.same}
    if as_json:
        problems = [{"line": line, "problem": problem} for line, problem in told.problems]
        print_json({"set": str(golden_set)} | counts | {"problems": problems})
    else:
        note(
            f"{golden_set}: {told.added} added, {told.changed} changed, {told.same} as they were, "
            f"{len(told.problems)} left out" + " (nothing was written)" * is_trial
        )
        for line, problem in told.problems:
            out.print(f"{file.name}, line {line}: {problem}", markup=False)
    sys.exit(1 if told.problems else 0)


def export(
    name: SetArgument,
    to: Annotated[
        Path | None, typer.Option(help="A file ending in .csv, .xlsx or .jsonl; else printed.")
    ] = None,
) -> None:
    """A set's questions as JSON lines, as `eval run --queries` reads them, or as a table."""
    rows = exchanging.golden_questions_export(golden_set=_opened(name), by=operator())
    if to is None:
        sys.stdout.write(sheets.write(".jsonl", rows).decode())
        return
    to.write_bytes(sheets.write(to.suffix, rows))
    note(f"written to {to}")


def draft(
    name: SetArgument,
    count: Annotated[int, typer.Option(min=1, max=50, help="How many are wanted.")] = 20,
    with_model: Annotated[
        bool, typer.Option("--model/--no-model", help="A language model of the house may write.")
    ] = True,
) -> None:
    """Draft questions from documents; the reader has to answer each. People approve them."""
    wanted = Drafting(wanted=count, with_model=with_model, limit_s=600.0)
    told = golden_questions_draft(golden_set=_opened(name), by=operator(), wanted=wanted)
    writer = f"written by {told.model}" if told.model else "by the forms of sentences"
    note(
        f"{counted(told.added, 'draft')} of {counted(told.tried, 'question')}, "
        f"{writer}; see: clawdbot eval drafts"
    )


def harvest(name: SetArgument) -> None:
    """Draft questions from feedback and from what was left open. People approve them."""
    told = golden_questions_harvest(golden_set=_opened(name), by=operator())
    note(
        f"{counted(told.feedback, 'draft')} from feedback, "
        f"{told.open_questions} from open questions, "
        f"{told.known} known already"
    )


def drafts(
    name: SetArgument,
    take: Annotated[bool, typer.Option("--take", help="Take all of them into use.")] = False,
    as_json: JsonOption = False,
) -> None:
    """The drafts of a set, oldest first."""
    by, golden_set = operator(), _opened(name)
    found = golden_question_list(by=by, is_draft=True).filter(golden_set=golden_set)
    if take:
        questions = GoldenQuestion.objects.filter(golden_set=golden_set)
        taken = golden_questions_take(questions=questions, by=by)
        note(f"{counted(taken, 'question')} in use now")
        return
    rows = [
        {"question": one.text, "answers": one.answers, "origin": one.origin,
         "documents": [document.path for document in one.documents.all()]}
        for one in found.order_by("pk")
    ]  # fmt: skip
    if as_json:
        print_json(rows)
        return
    for row in rows:
        answers = json.dumps(row["answers"], ensure_ascii=False)
        out.print(f"{row['question']}  {answers}  {', '.join(row['documents'])}", markup=False)


def _opened(name: str, *, create: bool = False) -> GoldenSet:
    by = operator()
    try:
        return golden_set_get(name, by=by)
    except NotFound:
        place, _, own = name.rpartition("/")
        collection = collections_of(by, Permission.MANAGE).filter(name=place.strip()).first()
        if not create or collection is None:
            raise
        golden_set_default(collection)
        return golden_set_create(collection=collection, name=own, by=by)


def _facts(golden_set: Any) -> dict[str, Any]:
    run = golden_set.runs.filter(state="done", candidate={}).order_by("-pk").first()
    figures: dict[str, Any] = run.figures if run else {}
    return {
        "set": f"{golden_set.collection.name}/{golden_set.name}",
        "questions": golden_set.asked,
        "drafts": golden_set.drafts,
        "watched": "yes" if golden_set.is_watched else "no",
        "guards": "yes" if golden_set.is_guard else "no",
        "run": run.pk if run else None,
    } | {name: figures.get(name, {}).get("value") for name in ("recall_at_10", "mrr", "f1")}
