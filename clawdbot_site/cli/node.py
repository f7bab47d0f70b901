"""`clawdbot node`: the nodes of the installation, and forgetting one that is gone."""

from dataclasses import asdict
from typing import Annotated

import typer

from apps.core import clock
from apps.ops.nodes.forgetting import node_forget, vanished_nodes
from apps.ops.nodes.selectors import nodes
from clawdbot_site.cli import console, node_status
from clawdbot_site.cli.console import counted
from clawdbot_site.installation.operator import operator

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)
JsonOption = Annotated[bool, typer.Option("--json", help="For machines.")]


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """Each node as it told of itself, and those of which only traces are left."""
    known, vanished = nodes(), vanished_nodes()
    if as_json:
        told = {"nodes": [n.as_json() for n in known], "vanished": [asdict(v) for v in vanished]}
        console.print_json(told)
        return
    node_status.show([node.as_json() for node in known])
    for one in vanished:
        since = console.duration((clock.now() - one.seen_at).total_seconds())
        forget = f"if it is gone for good: clawdbot node forget {one.name}"
        console.out.print(f"{one.name}: not heard of for {since}; {forget}", markup=False)


@app.command()
def forget(
    name: Annotated[str, typer.Argument(help="The node, as `clawdbot node list` calls it.")],
    is_sure: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Take a node that will not come back off the lists. One that is heard of is refused."""
    console.confirm(f"Forget the node {name}?", is_sure=is_sure)
    gone = node_forget(name=name, by=operator())
    if as_json:
        console.print_json(asdict(gone))
        return
    console.note(f"{name} is forgotten; it would report itself if it came back")
    if gone.receipts:
        console.note(
            f"{counted(gone.receipts, 'deletion')} not out of its files: "
            "destroy its disk, or its volume"
        )
