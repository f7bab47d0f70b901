"""`clawdbot index`, about embedding models: build one beside, compare, switch, go back."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from apps.retrieval import embedding, generation_jobs, generation_switching, model_switch
from apps.retrieval.models import EmbeddingGeneration
from clawdbot_site.cli import switching
from clawdbot_site.cli.console import confirm, counted, note, print_json, print_table

NumberArgument = Annotated[
    int, typer.Argument(metavar="ID", help="The number that `index generations` shows.")
]
GoldenOption = Annotated[
    str | None, typer.Option("--golden", help="Measure with this collection's golden questions.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
DespiteOption = Annotated[
    str, typer.Option("--despite-loss", help="Why what a golden set loses is accepted.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="For machines.")]
COLUMNS = ("id", "state", "model", "texts", "recall_at_5", "at_work")
HEADS = ("id", "state", "model", "texts", "recall@5", "at work")  # 80 characters


def switch(
    model: Annotated[
        Path | None, typer.Option(help="Folder of the model; else what model.embedder names.")
    ] = None,
    golden: GoldenOption = None,
    is_flipped: Annotated[
        bool, typer.Option("--flip/--no-flip", help="Switch to it once it is built.")
    ] = True,
    is_sure: YesOption = False,
    despite: DespiteOption = "",
) -> None:
    """Build another embedding model's index beside the one in use, then switch to it.

    Searches go on with the old one until then. Cut short, it goes on from there.
    """
    questions = switching.golden_of(golden)
    generation = switching.chosen(model)
    if generation.state == EmbeddingGeneration.State.CURRENT:
        note(f"the embedding model has not changed, {generation} is in use: nothing to do")
        return
    switching.tell_estimate(generation)
    confirm("build it?", is_sure=is_sure)
    note(f"passages embedded again: {switching.build(generation, questions)}")
    if questions:
        _show_comparison(generation)
    if not is_flipped:
        note(
            f"it is not in use yet: clawdbot index flip {generation.pk}, or discard {generation.pk}"
        )
        return
    generation.refresh_from_db()
    switching.guarded(generation, lambda: model_switch.switch_to(generation), despite=despite)
    _tell_in_use(generation)


def generations(as_json: JsonOption = False) -> None:
    """The embedding models that are built, being built or kept, with what was measured."""
    rows = [_facts(one) for one in EmbeddingGeneration.objects.order_by("pk")]
    if as_json:
        print_json(rows)
        return
    cells = [["-" if row[name] is None else row[name] for name in COLUMNS] for row in rows]
    print_table(HEADS, cells)


def measure(number: NumberArgument, golden: GoldenOption = None) -> None:
    """Compare a model that is built with the one in use, on golden questions."""
    generation = generation_switching.generation_get(number)
    switching.measured(generation, switching.golden_of(golden))
    generation.refresh_from_db()
    _show_comparison(generation)


def flip(number: NumberArgument, despite: DespiteOption = "") -> None:
    """Search with a model that is built. The one before is kept: `index rollback`.

    Golden sets that guard are asked first; a loss beyond what they allow refuses it.
    """
    generation = generation_switching.generation_get(number)
    switching.guarded(
        generation, lambda: generation_switching.flip(generation, by=None), despite=despite
    )
    _tell_in_use(generation)


def rollback() -> None:
    """Search with the model before the last switch again, at once."""
    _tell_in_use(generation_switching.rollback(by=None))


def discard(number: NumberArgument, is_sure: YesOption = False) -> None:
    """Delete vectors and indexes of a model that is not in use. The model itself stays."""
    generation = generation_switching.generation_get(number)
    texts = generation.vectors.count()
    confirm(f"delete {counted(texts, 'vector')} of {generation}?", is_sure=is_sure)
    generation_switching.clear_at_once(generation_switching.discard(generation, by=None))
    note(f"{generation}: {counted(texts, 'vector')} deleted; the indexer removes its index")


def _facts(generation: EmbeddingGeneration) -> dict[str, Any]:
    measured: Mapping[str, Any] = generation.report.get("measured", {})
    figures: Mapping[str, Any] = measured.get("figures", {})
    job = generation_jobs.open_jobs().filter(generation=generation).first()
    share = f" {100 * job.done // job.total} %" if job and job.total else ""
    return {
        "id": generation.pk,
        "state": generation.state,
        "model": generation.model_name,
        "model_sha256": generation.model_sha256,
        "dimension": generation.dimension,
        "texts": generation.vectors.count(),
        "recall_at_5": figures.get("recall_at_5"),
        "search_p50_ms": figures.get("search_p50_ms"),
        "at_work": f"{job.kind}{share}" if job else None,
        "location": generation.location,
        "report": generation.report,
    }


def _show_comparison(generation: EmbeddingGeneration) -> None:
    measured: Mapping[str, Any] = generation.report.get("measured", {})
    new: Mapping[str, Any] = measured.get("figures", {})
    against: Mapping[str, Any] = measured.get("against", {})
    old: Mapping[str, Any] = against.get("figures", {})
    rows = [(name, old.get(name, "-"), value) for name, value in new.items()]
    note(f"{generation} beside {against.get('name', '')}, which is in use")
    print_table(("figure", "in use", "this one"), rows)


def _tell_in_use(generation: EmbeddingGeneration) -> None:
    note(f"{generation} is in use now; to go back: clawdbot index rollback")
    if (wanted := embedding.configured_name()) != generation.model_name:
        note(
            f"clawdbot.yaml still names {wanted}: set model.embedder to {generation.location} so "
            "that an upgrade of that model is not taken up instead"
        )
