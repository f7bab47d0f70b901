"""`clawdbot eval`, about runs: report, compare, allow; and why a document is not in an answer."""

import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from apps.accounts.models import User
from apps.core.errors import NotFound
from apps.evaluation import gate
from apps.evaluation.golden_sets import golden_set_get
from apps.evaluation.models import EvaluationRun
from apps.evaluation.probing.probe import probe as look
from apps.evaluation.probing.steps import Fate
from apps.evaluation.run_comparison import Comparison
from apps.evaluation.run_comparison import compare as compared_of
from apps.knowledge.access import Scope, documents_of
from clawdbot_site.cli.console import counted, note, out, print_json, print_table
from clawdbot_site.cli.evaluation_sets import JsonOption, SetArgument
from clawdbot_site.installation.operator import operator

RunArgument = Annotated[int, typer.Argument(metavar="RUN", help="The number of a run.")]
FATES = {Fate.PASSED: "ok", Fate.WEAK: "..", Fate.FELL: "FELL", Fate.SKIPPED: "-"}


def report(
    name: SetArgument,
    run: Annotated[int | None, typer.Option(help="This run; else the newest.")] = None,
    history: Annotated[bool, typer.Option("--history", help="All runs, a line each.")] = False,
    as_json: JsonOption = False,
) -> None:
    """The figures of a set's newest run, with intervals and slices."""
    golden_set = golden_set_get(name, by=operator())
    runs = golden_set.runs.order_by("-pk")
    if history:
        _show_history(list(runs), as_json=as_json)
        return
    found = runs.filter(pk=run).first() if run else runs.filter(state="done").first()
    if found is None:
        raise NotFound(f"“{golden_set}” has no such run yet. Ask it: clawdbot eval run {name!r}")
    show_run(found, as_json=as_json)


def compare(
    old: Annotated[int, typer.Argument(metavar="OLD", help="The number of a run.")],
    new: Annotated[int, typer.Argument(metavar="NEW", help="The number of another.")],
    max_loss: Annotated[
        float | None, typer.Option(min=0, max=1, help="Exit code 1 beyond this loss.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Two runs side by side, down to the questions that were won and lost."""
    found = compared_of(_run(old), _run(new))
    if as_json:
        print_json(_as_json(found))
    else:
        _show_comparison(found)
    losses = found.losses(max_loss) if max_loss is not None else []
    if losses:
        note(f"beyond what may be lost: {gate.loss_words(losses)}")
    sys.exit(1 if losses else 0)


def allow(
    run: RunArgument,
    reason: Annotated[str, typer.Option(help="Why the loss is accepted; it is kept.")],
) -> None:
    """Let the switch that a run tried pass for a day, whatever it loses."""
    told = gate.switch_allow(run=_run(run), reason=reason, by=operator())
    note(f"{told.subject} is allowed for 24 hours")


def probe(
    collection: Annotated[str, typer.Argument(help="The name of the collection.")],
    document: Annotated[str, typer.Argument(help="The path of the document in it.")],
    question: Annotated[str, typer.Argument(help="What was asked.")],
    user: Annotated[str | None, typer.Option(help="Who asked; else the administrator.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Why a document is not in an answer: the stage at which it fell out, and what to do.

    Exit code 1 when it fell.
    """
    by = operator()
    asker = User.objects.filter(username=user).first() if user else by
    if asker is None:
        raise NotFound(f"There is no user “{user}”.")
    there = documents_of(Scope.of(by)).filter(collection__name=collection, path=document)
    row = there.select_related("collection").first()
    if row is None:
        raise NotFound(f"There is no document “{document}” in “{collection}”.")
    found = look(question, row, asker=asker, by=by)
    fell = found.fell_at
    if as_json:
        steps = [
            {"stage": one.stage, "fate": one.fate, "words": one.words, "remedy": one.remedy}
            for one in found.steps
        ]
        print_json({"fell_at": fell.stage if fell else None, "rank": found.rank, "steps": steps})
    else:
        for step in found.steps:
            out.print(f"{FATES[step.fate]:<5}{step.stage:<8} {step.words}", markup=False)
            if step.remedy and step.fate is not Fate.PASSED:
                out.print(f"{'':<13} → {step.remedy}", markup=False)
    sys.exit(1 if fell else 0)


def show_run(run: EvaluationRun, *, as_json: bool) -> None:
    """Its figures, for people or machines."""
    if as_json:
        print_json(_facts(run) | {"figures": run.figures, "slices": run.slices})
        return
    note(
        f"run {run.pk} of {run.golden_set}: {counted(run.done, 'question')}, "
        f"{run.state} {run.problem}".rstrip()
    )
    rows = [(name, *_cells(told)) for name, told in run.figures.items()]
    for part, figures in run.slices.items():
        rows += [(f"{part}: {name}", *_cells(told)) for name, told in figures.items()]
    print_table(("figure", "value", "95 % of draws", "questions"), rows)


def _cells(told: Mapping[str, float]) -> tuple[str, str, str]:
    interval = f"{told['low']:.3f} to {told['high']:.3f}" if "low" in told else ""
    value = f"{told['value']:.3f}" if interval else f"{told['value']:.0f} ms"
    return value, interval, str(int(told["n"]))


def _show_history(runs: Sequence[EvaluationRun], *, as_json: bool) -> None:
    if as_json:
        print_json([_facts(run) | {"figures": run.figures} for run in runs])
        return
    names = ("recall_at_10", "mrr", "f1", "refusal_accuracy")
    rows = []
    for run in runs:
        values = [run.figures.get(name, {}).get("value", "-") for name in names]
        rows.append((run.pk, f"{run.created_at:%Y-%m-%d %H:%M}", run.state, run.cause, *values))
    print_table(("run", "at", "state", "cause", *names), rows)


def _facts(run: EvaluationRun) -> dict[str, Any]:
    return {
        "run": run.pk,
        "set": str(run.golden_set),
        "at": run.created_at.isoformat(),
        "state": run.state,
        "cause": run.cause,
        "changes": run.changes,
        "candidate": run.candidate,
        "setup": run.setup,
        "questions": run.done,
        "problem": run.problem,
    }


def _show_comparison(found: Comparison) -> None:
    rows = [
        (
            one.name,
            f"{one.old:.3f}",
            f"{one.new:.3f}",
            f"{100 * one.difference.value:+.1f}",
            f"{100 * one.difference.low:+.1f} to {100 * one.difference.high:+.1f}",
            f"{one.difference.won}/{one.difference.lost}/{one.difference.same}",
        )
        for one in found.figures
    ]
    columns = ("figure", "old", "new", "points", "95 % of draws", "won/lost/same")
    print_table(columns, rows)
    for pair in found.pairs:
        if pair.moves:
            moved = ", ".join(f"{name} {old:.2f} → {new:.2f}" for name, old, new in pair.moves)
            out.print(f"{pair.change:<6}{pair.new.question.text}: {moved}", markup=False)


def _as_json(found: Comparison) -> dict[str, Any]:
    return {
        "old": found.old.pk,
        "new": found.new.pk,
        "counts": found.counts,
        "only_old": found.only_old,
        "only_new": found.only_new,
        "figures": [
            {
                "name": one.name,
                "old": round(one.old, 4),
                "new": round(one.new, 4),
                "difference": round(one.difference.value, 4),
                "low": round(one.difference.low, 4),
                "high": round(one.difference.high, 4),
                "questions": one.difference.n,
                "won": one.difference.won,
                "lost": one.difference.lost,
            }
            for one in found.figures
        ],
        "questions": [
            {"question": pair.new.question.text, "change": pair.change, "moves": pair.moves}
            for pair in found.pairs
        ],
    }


def _run(number: int) -> EvaluationRun:
    found = EvaluationRun.objects.select_related("golden_set__collection").filter(pk=number).first()
    if found is None:
        raise NotFound(f"There is no run {number}. See: clawdbot eval report SET --history")
    return found
