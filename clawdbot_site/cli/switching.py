"""Changing the embedding model, with its estimate and progress: what `index switch` and `up` do."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from apps.core import config
from apps.core.errors import Conflict, Invalid, NotFound
from apps.core.gates import REFUSED, UNMEASURED, Switch, SwitchKind
from apps.evaluation import gate
from apps.evaluation.generation_report import measure
from apps.knowledge.models import Collection
from apps.retrieval import generation_building, model_switch
from apps.retrieval.generation_building import Estimate
from apps.retrieval.model_switch import Report, Standing
from apps.retrieval.models import EmbeddingGeneration
from clawdbot_site.cli.console import counted, duration, megabytes, note
from clawdbot_site.cli.progress import progress_line
from clawdbot_site.installation.operator import operator

DECIDE = (
    "is configured and built, but not in use: decide with `clawdbot index flip {id}`, or name the "
    "model that is in use in model.embedder"
)
GIVEN_UP = "was given up: `clawdbot index switch` builds it again"


def switch_model() -> int | None:
    """What `up` does: a configured model that was never built is built and switched to.

    Returns how many texts were embedded, None: nothing was done. A model that an administrator
    went away from, or has not decided on, is left to them.
    """
    standing = model_switch.standing()
    if standing == Standing.SAME:
        model_switch.remember_place()
        return None
    generation = model_switch.configured_row()
    if standing != Standing.DUE:
        words = DECIDE if standing == Standing.WAITING else GIVEN_UP
        note(f"{generation} {words.format(id=generation.pk if generation else '')}")
        return None
    note("the embedding model changed: every passage is embedded again")
    tell_estimate(model_switch.configured())
    generation = model_switch.configured()
    with _progress() as report:
        count = model_switch.build_at_once(generation, report)
    note(f"passages embedded again: {count}")
    generation.refresh_from_db()
    try:
        guarded(generation, lambda: model_switch.switch_to(generation))
    except Conflict as error:
        if error.code not in (REFUSED, UNMEASURED):
            raise
        note(f"{error.message} Until then the model before answers.")
    return count


def guarded(
    generation: EmbeddingGeneration, flip: Callable[[], object], *, despite: str = ""
) -> None:
    """Flip, once the golden sets that guard have been asked with both; `despite`: why a loss is
    accepted. Raises what `flip` raises."""
    switch = Switch(SwitchKind.GENERATION, {"generation": generation.pk})
    if generation.state == EmbeddingGeneration.State.READY:
        with progress_line("asking the golden sets") as show:
            gate.measure_now(
                switch,
                by=None,
                progress=lambda stage, done, total: show(
                    f"asked: {done} of {counted(total, 'question')}"
                ),
            )
    try:
        flip()
    except Conflict as error:
        if error.code != REFUSED or not despite:
            raise
        for pair in gate.pairs_of(switch):
            if pair.candidate is not None:
                gate.switch_allow(run=pair.candidate, reason=despite, by=operator())
        flip()


def chosen(model: Path | None) -> EmbeddingGeneration:
    """The generation of the model in a folder, or of the configured one. Raises ModelDamaged."""
    folder = model.absolute() if model else config.load().embedder_dir
    return generation_building.planned(folder)


def golden_of(name: str | None) -> Collection | None:
    """The collection with golden questions of that name. Raises NotFound, Invalid."""
    if name is None:
        return None
    found = Collection.objects.filter(name=name, deleted_at=None).first()
    if found is None:
        raise NotFound(f"There is no collection “{name}”.")
    if not found.golden_questions.exists():
        raise Invalid(f"“{name}” has no golden questions yet: add them at the curator's desk.")
    return found


def tell_estimate(generation: EmbeddingGeneration) -> Estimate:
    """Measure on a few texts what building will take, and say it. Raises Conflict without room."""
    found = generation_building.estimate(generation)
    note(
        f"{generation}: {counted(found.texts, 'text')} to embed"
        + (
            f" at {found.per_second:.0f} a second, about {duration(found.seconds)}"
            * bool(found.texts)
        )
        + f"; {megabytes(found.vector_bytes)} of vectors, {megabytes(found.index_bytes)} of index; "
        f"{megabytes(found.free_bytes)} free"
    )
    if not found.has_room:
        raise Conflict(
            "The disk has no room for a second set of vectors and indexes. Free some space, or "
            "discard a model that is not needed: clawdbot index generations"
        )
    return found


def build(generation: EmbeddingGeneration, golden: Collection | None) -> int:
    """Build it and measure it, with progress; returns how many texts were embedded."""
    with _progress() as report:
        count = model_switch.build_at_once(generation, report, golden=golden)
    generation.refresh_from_db()
    measured(generation, golden)
    return count


def measured(generation: EmbeddingGeneration, golden: Collection | None) -> dict[str, object]:
    """Measure it against the one in use, with progress."""
    with progress_line("measuring") as show:
        return measure(
            generation,
            golden,
            progress=lambda stage, done, total: show(
                f"measuring: {done} of {counted(total, 'question')}"
            ),
        )


@contextmanager
def _progress() -> Iterator[Report]:
    began, start = 0.0, 0
    with progress_line("loading the model") as show:

        def report(done: int, total: int) -> None:
            nonlocal began, start
            if not began:
                began, start = time.monotonic(), done
                show(
                    f"embedding {counted(total - done, 'passage')}; "
                    "cut short, it goes on from there"
                )
                return
            left = (time.monotonic() - began) / max(1, done - start) * (total - done)
            show(f"{done} of {total} passages embedded, about {duration(left)} left")

        yield report
