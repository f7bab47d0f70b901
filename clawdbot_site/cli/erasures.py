"""`clawdbot erasures`: receipts of deletions, for operators who have to prove them."""

import sys
import time
from typing import Annotated, Any
from uuid import UUID

import typer

from apps.core.errors import NotFound
from apps.knowledge.models import Erasure
from apps.ops.erasing.receipt import COMPLETE, receipt_of
from apps.ops.erasure import purge
from apps.retrieval import indexer
from clawdbot_site.cli.console import note, out, print_json

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
LISTED = 20
POLL_S = 1.0


@app.command()
def erasures(
    receipt: Annotated[UUID | None, typer.Argument(help="One receipt; without: the last.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Purge, and wait for every node.")] = False,
    timeout_s: Annotated[float, typer.Option("--timeout", help="Seconds to wait.")] = 600,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Show receipts of deletions. With --wait, exit code 1 when one is not complete in time."""
    shown = _receipts(receipt)
    deadline = time.monotonic() + timeout_s
    while wait and not all(_is_complete(one) for one in shown):
        purge()
        indexer.purge_now(timeout_s=max(deadline - time.monotonic(), POLL_S))
        purge()
        shown = _receipts(receipt)
        if time.monotonic() > deadline:
            break
        if not all(_is_complete(one) for one in shown):
            time.sleep(POLL_S)
    _show(shown, one=receipt is not None, as_json=as_json)
    if wait and not all(_is_complete(one) for one in shown):
        note("not complete in time: see `waiting for`")
        sys.exit(1)


def _receipts(uuid: UUID | None) -> list[dict[str, Any]]:
    rows = Erasure.objects.select_related("requested_by").order_by("-created_at")
    found = list(rows.filter(uuid=uuid) if uuid else rows[:LISTED])
    if uuid and not found:
        raise NotFound(f"There is no receipt {uuid}.")
    return [receipt_of(one) for one in found]


def _is_complete(receipt: dict[str, Any]) -> bool:
    return bool(receipt["state"] == COMPLETE)


def _show(receipts: list[dict[str, Any]], *, one: bool, as_json: bool) -> None:
    if as_json:
        print_json(receipts[0] if one else receipts)
    elif one:
        for name, value in receipts[0].items():
            out.print(f"{name.replace('_', ' ')}: {value}", markup=False)
    elif not receipts:
        note("nothing was deleted yet")
    else:
        for shown in receipts:
            state, at, target = shown["state"], shown["requested_at"], shown["target"]
            out.print(f"{shown['id']}  {state:8}  {at}  {target}", markup=False)
