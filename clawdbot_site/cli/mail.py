"""`clawdbot mail`: whether the mail server takes what we send."""

import sys
from typing import Annotated

import typer

from apps.core import config
from apps.core.mail import send
from clawdbot_site.cli.console import note

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def group() -> None:
    """The section `mail` of clawdbot.yaml."""


@app.command()
def test(address: Annotated[str, typer.Argument(help="Who gets it.")]) -> None:
    """Send one line to an address. Exit code 1 when it is refused."""
    settings = config.load().mail
    text = "This installation of Clawdbot can send mail. Nobody needs to answer."
    if send(to=[address], subject="Clawdbot: a test", text=text):
        note(f"{settings.host}:{settings.port} refuses {address}")
        sys.exit(1)
    note(f"{settings.host}:{settings.port} took it for {address}")
