"""What the pages of golden sets show: figures, slices, history, runs."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import ngettext

from apps.core import config
from apps.core.adminsite import moment
from apps.evaluation.gate import Pair, loss_words
from apps.evaluation.golden_admin.words import (
    COLUMNS,
    HEAD,
    figures_of,
    percent,
    slice_name,
    state_pill,
    why_of,
)
from apps.evaluation.models import EvaluationResult, EvaluationRun, GoldenSet
from apps.evaluation.run_comparison import compare, is_loss, mean_losses
from apps.evaluation.scoring import NAMES

RUNS_SHOWN, HISTORY = 10, 200
SUFFIXES = (".csv", ".xlsx", ".jsonl")


def newest_of(golden_set: GoldenSet) -> EvaluationRun | None:
    """Its newest finished run with what was in force."""
    done = golden_set.runs.filter(state=EvaluationRun.State.DONE, candidate={})
    return done.order_by("-pk").first()


def loss_of(golden_set: GoldenSet, newest: EvaluationRun | None) -> dict[str, Any] | None:
    """What the newest run lost against the one before it, beyond what the set allows."""
    if newest is None:
        return None
    done = golden_set.runs.filter(state=EvaluationRun.State.DONE, candidate={}, pk__lt=newest.pk)
    before = done.filter(results__isnull=False).order_by("-pk").first()
    allowed = Pair(golden_set, None, None).allowed
    losses = compare(before, newest).losses(allowed) if before else []
    return {"before": before, "words": loss_words(losses)} if losses else None


def lines_of(golden_sets: QuerySet[GoldenSet]) -> list[dict[str, Any]]:
    """The sets in the list, with their newest figures. Three queries for any number of sets."""
    done = EvaluationRun.objects.filter(state=EvaluationRun.State.DONE, candidate={})
    own = done.filter(golden_set=OuterRef("pk")).order_by("-pk").values("pk")
    told = EvaluationResult.objects.filter(run=OuterRef("pk"))
    before = own.filter(Exists(told), pk__lt=OuterRef("newest_pk"))
    rows: list[Any] = list(
        golden_sets.annotate(newest_pk=Subquery(own[:1])).annotate(before_pk=Subquery(before[:1]))
    )
    runs = EvaluationRun.objects.in_bulk([row.newest_pk for row in rows if row.newest_pk])
    pairs = {(row.before_pk, row.newest_pk) for row in rows if row.before_pk}
    losses = mean_losses(pairs)
    return [
        _line(row, runs.get(row.newest_pk), losses.get((row.before_pk, row.newest_pk), 0.0))
        for row in rows
    ]


def _line(golden_set: GoldenSet, run: EvaluationRun | None, lost: float) -> dict[str, Any]:
    figures = run.figures if run else {}
    values = [percent(figures[name]["value"]) if name in figures else "–" for name in COLUMNS]
    cells = zip((str(NAMES[name]) for name in COLUMNS), values, strict=True)
    return {
        "row": golden_set,
        "is_lost": is_loss(-lost, Pair(golden_set, None, None).allowed),
        "cells": list(cells),
        "asked_at": moment(run.finished_at) if run else "",
    }


def context_of(golden_set: Any, *, most: int = RUNS_SHOWN) -> dict[str, Any]:
    """All that the page of one set shows, with the newest `most` of its runs."""
    runs = list(golden_set.runs.select_related("requested_by").order_by("-pk")[:most])
    newest = newest_of(golden_set)
    own = golden_set.max_loss
    return {
        "title": str(golden_set),
        "original": golden_set,
        "row": golden_set,
        "newest": newest,
        "lost": loss_of(golden_set, newest),
        "newest_at": moment(newest.finished_at) if newest else "",
        "figures": figures_of(newest.figures, HEAD) if newest else [],
        "slices": _slices(newest) if newest else [],
        "slice_columns": [NAMES[name] for name in COLUMNS],
        "runs": [_run_line(run) for run in runs],
        "is_more": len(runs) == most == RUNS_SHOWN,
        "is_at_work": any(run.is_open for run in runs),
        "history": _history(golden_set),
        "max_loss": "" if own is None else f"{100 * own:g}",
        "usual_loss": f"{100 * config.load().evaluation.max_loss:g}",
        "least": config.load().evaluation.gate_questions,
        "suffixes": SUFFIXES,
        "count_words": ngettext("%(n)s question", "%(n)s questions", golden_set.asked)
        % {"n": golden_set.asked},
    }


def _slices(run: EvaluationRun) -> list[dict[str, Any]]:
    found = []
    for key, told in run.slices.items():
        cells = [percent(told[name]["value"]) if name in told else "–" for name in COLUMNS]
        names = (str(NAMES[name]) for name in COLUMNS)
        n = max((int(one["n"]) for one in told.values()), default=0)
        found.append(
            {"name": slice_name(key), "n": n, "cells": list(zip(names, cells, strict=True))}
        )
    return found


def _run_line(run: EvaluationRun) -> dict[str, Any]:
    cells = [percent(run.figures[n]["value"]) if n in run.figures else "–" for n in COLUMNS]
    names = (str(NAMES[name]) for name in COLUMNS)
    return {
        "row": run,
        "at": moment(run.created_at),
        "pill": state_pill(run),
        "why": why_of(run),
        "is_at_work": run.is_open,
        "cells": list(zip(names, cells, strict=True)),
    }


def _history(golden_set: GoldenSet) -> dict[str, Any]:
    """What the chart draws: runs with what was in force, oldest first."""
    done = golden_set.runs.filter(state=EvaluationRun.State.DONE, candidate={})
    runs: Sequence[EvaluationRun] = list(done.order_by("-finished_at")[:HISTORY])[::-1]
    moments = [run.finished_at.timestamp() if run.finished_at else 0.0 for run in runs]
    return {
        "starts": moments,
        "addresses": [reverse("admin:evaluation_evaluationrun_change", args=(r.pk,)) for r in runs],
        "lines": [{"key": name, "label": str(NAMES[name])} for name in HEAD],
        "columns": {
            name: [run.figures.get(name, {}).get("value") for run in runs] for name in HEAD
        },
    }
