"""The `clawdbot` command: its table of commands, each loaded only when it is called."""

import os
import re
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from clawdbot_site.cli.boundary import one_line_errors, report_bug


@dataclass(frozen=True, slots=True)
class Command:
    """Where a command is implemented, as `app` of a module of this package."""

    module: str
    summary: str
    needs_django: bool = True
    is_group: bool = False
    is_hidden: bool = False


COMMANDS = {
    "up": Command(
        "up", "Set up what is missing, start everything, stay until Ctrl-C.", needs_django=False
    ),
    "init": Command("init", "Set up: machine, engine, limits, first collection, first question.",
                    needs_django=False),
    "start": Command("up", "Start everything in the background.", needs_django=False),
    "stop": Command("service", "Stop everything.", needs_django=False),
    "restart": Command("service", "Stop everything, start it again.", needs_django=False),
    "status": Command("status", "What runs, what waits, how far the index is."),
    "scale": Command("service", "Have more or fewer processes.", needs_django=False),
    "logs": Command("logs", "Show what the processes write.", needs_django=False),
    "ingest": Command("ingest", "Add files and folders to a collection."),
    "ask": Command("ask", "Ask a question of the documents."),
    "index": Command("index", "The search index: status, verify, rebuild, switch.", is_group=True),
    "erasures": Command("erasures", "Receipts of deletions: what went, where, when."),
    "eval": Command("evaluation", "Measure retrieval and answers.", is_group=True),
    "model": Command("model", "Language models: add, list, show, test, remove.", is_group=True),
    "profile": Command("profile", "How questions are answered; your own terms.", is_group=True),
    "kb": Command("kb", "Knowledge packs: export and import a collection.", is_group=True),
    "front": Command("front", "nginx before the nodes: write, run, status, maintenance.",
                     needs_django=False, is_group=True),
    "node": Command("node", "The nodes: list, forget one that is gone.", is_group=True),
    "originals": Command("originals", "Where originals lie: status, move, adopt.", is_group=True),
    "backup": Command("backup", "Backups: make, list, verify, prune.", is_group=True),
    "mail": Command("mail", "The mail server: test.", is_group=True),
    "report": Command("report", "Monthly reports: make, list, save, mail.", is_group=True),
    "restore": Command("restore", "Put a backup back into an empty installation."),
    "tls": Command("tls", "Certificates for the intranet: ca, issue, renew, show.",
                   needs_django=False, is_group=True),
    "user": Command("user", "People who sign in.", is_group=True),
    "key": Command("key", "API keys.", is_group=True),
    "doctor": Command("doctor", "Check the installation; each finding with its remedy.",
                      needs_django=False),
    "support-bundle": Command("support_bundle", "A file for somebody who helps; nothing is sent."),
    "rehearse-step": Command("rehearse_step", "A part of `backup verify`.", is_hidden=True),
    "gate-step": Command("gate_step", "A part of `eval gate`.", needs_django=False,
                         is_hidden=True),
    "upgrade": Command("upgrade", "To this version: check, back up, change the tables; or back.",
                       is_group=True),
    "prepare-step": Command("steps", "A part of `up`.", is_hidden=True),
    "await-step": Command("steps", "Before the processes of a container.", is_hidden=True),
    "welcome-step": Command("steps", "A part of `up`.", is_hidden=True),
    "apply-step": Command("applying", "A part of the first visit.", needs_django=False,
                          is_hidden=True),
    "pin-model-step": Command("model_steps", "A part of `start --model`.", is_hidden=True),
    "await-model-step": Command("model_steps", "A part of `start --model`.", is_hidden=True),
    "stop-model-step": Command("model_steps", "A part of `stop --model`.", is_hidden=True),
}  # fmt: skip


class LazyGroup(TyperGroup):
    """Loads a command's module (and Django, if it needs it) when the command is called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] in COMMANDS:
            self.commands[args[0]] = load(args[0])
        return super().resolve_command(ctx, args)


def load(name: str) -> Any:
    """The command behind a name of the table."""
    spec = COMMANDS[name]
    if spec.needs_django:
        setup_django()
    command: Any = typer.main.get_command(import_module(f"clawdbot_site.cli.{spec.module}").app)
    if isinstance(command, TyperGroup) and not spec.is_group:
        command = command.commands[name]
    command.help = command.help or spec.summary
    _with_plain_help(command)
    return command


def _with_plain_help(command: Any) -> None:
    """No frames, which leave half of 80 columns to the words; of each command a whole sentence."""
    command.rich_markup_mode = None
    for inner in getattr(command, "commands", {}).values():
        inner.short_help = re.split(r"(?<=\.)\s", inner.help or "", maxsplit=1)[0]
        _with_plain_help(inner)


def setup_django() -> None:
    """Load settings and models. Exits with one line when the configuration is bad."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "clawdbot_site.settings"
    import django  # heavy

    django.setup()


app = typer.Typer(
    name="clawdbot",
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Ask your company's documents, on your own machines.",
)
for _name, _spec in COMMANDS.items():
    app.command(_name, short_help=_spec.summary, hidden=_spec.is_hidden)(lambda: None)


def main() -> None:
    """Run the command line; never returns."""
    sys.excepthook = report_bug
    with one_line_errors():
        typer.main.get_command(app)(prog_name="clawdbot")  # app() would set an excepthook


if __name__ == "__main__":
    main()
