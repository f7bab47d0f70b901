"""`clawdbot ask`: a question, its answer, its sources."""

from dataclasses import asdict
from typing import Annotated

import typer

from apps.core.metering import Kind
from apps.core.traffic.protocols import Priority
from apps.generation.answer import answer_stream
from apps.generation.answers import Answer, Question, StatusEvent
from apps.knowledge.access import Scope
from apps.ops.ledger.commands import command_recorded
from clawdbot_site.cli.console import note, out, print_json
from clawdbot_site.cli.ingest import find_collection
from clawdbot_site.installation.operator import operator

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
NEAREST_SHOWN = 3
PASSAGE_CHARS = 160


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="In your own words.")],
    collection: Annotated[
        list[str] | None, typer.Option("--collection", "-c", help="Only these; may be repeated.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="The whole answer, for machines.")
    ] = False,
) -> None:
    """Ask a question of the documents. Exit code 0 also when they hold no answer."""
    user = operator()
    scope = Scope.of(user)
    if collection:
        scope = scope.narrowed(find_collection(name, user).uuid for name in collection)
    asked = Question(text=question, scope=scope, user=user, priority=Priority.PORTAL)
    found = answered(asked)
    if as_json:
        print_json(asdict(found))
    else:
        show(found)


def answered(question: Question) -> Answer:
    """The answer; tells on stderr where the question stands while it waits."""
    with command_recorded(Kind.ASK, user=question.user):
        for event in answer_stream(question):
            if isinstance(event, StatusEvent) and event.stage == "queued":
                told = f"{event.position} questions before yours, about {event.wait_s:.0f} s"
                note(f"waiting: {told}")
            if isinstance(event, Answer):
                return event
    raise AssertionError("promised by answer_stream")


def show(found: Answer) -> None:
    """The answer with its sources."""
    out.print(found.text, markup=False)
    for citation in found.citations:
        place = f", page {citation.page}" if citation.page else ""
        out.print(f"\n[{citation.n}] {citation.title}{place} ({citation.path})", markup=False)
        out.print(f"    {_short(citation.quote)}", markup=False, style="dim")
    if not found.is_answered and found.nearest:
        out.print("\nNearest passages:")
        for hit in found.nearest[:NEAREST_SHOWN]:
            out.print(f"  {hit.title}, page {hit.page}: {_short(hit.text)}", markup=False)
    for fault in found.degraded:
        out.print(f"\nnote: {fault}", style="yellow", markup=False)
    total = sum(found.timings_ms.values())
    out.print(
        f"\nconfidence {found.confidence:.2f}, {found.engine}, {total:.0f} ms, trace {found.trace}",
        style="dim",
        markup=False,
    )


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= PASSAGE_CHARS else f"{flat[:PASSAGE_CHARS]}…"
