"""`clawdbot init`: the first visit in a terminal, or without one by options."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import typer

from apps.core import config, config_file
from apps.core.config import Config
from apps.core.errors import Conflict
from apps.ops.setup import engines, machine, notes, sizing
from apps.ops.setup.choices import Choices, Engine
from apps.ops.setup.drafting import Draft
from apps.ops.setup.machine import Machine
from apps.ops.setup.proposing import proposed
from apps.ops.setup.words import Problem
from clawdbot_site.cli import applying
from clawdbot_site.cli.console import err, is_terminal, note, out, print_json
from clawdbot_site.cli.init_options import Options, check, command, told
from clawdbot_site.cli.init_steps import asked
from clawdbot_site.cli.launching import start_detached
from clawdbot_site.cli.main import setup_django
from clawdbot_site.cli.model_start import start_model
from clawdbot_site.cli.questions import is_so, say
from clawdbot_site.cli.readiness import address
from clawdbot_site.installation import preflight
from clawdbot_site.installation.config_file import first
from clawdbot_site.installation.service_checks import unreachable
from clawdbot_site.supervision import control

SETTLED = ("machine", "engine", "limits")
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """What this run is about."""

    options: Options
    asks: bool
    choices: Choices
    here: Machine
    current: Config
    draft: Draft


def run(options: Options) -> None:
    """Set up this installation; again whenever something is to be different.

    Asks step by step on a terminal, with what suits this machine already filled in; with --yes it
    asks nothing. Changes clawdbot.yaml, whose comments and other keys stay.
    """
    check(options)
    plan = _planned(options)
    if plan.draft.problems or plan.draft.diff or options.is_dry:
        _show(plan)
    if options.is_dry:
        return
    configuration = _brought_into_force(plan)
    is_running = control.is_running(configuration) or _started(plan, configuration)
    if options.has_contents and not is_running:
        raise Conflict(
            "Nothing runs here, so no collection, document, question or person was added. Start "
            "it (clawdbot start), then run the command again."
        )
    told_of = _contents(plan, configuration) if is_running else {}
    if options.as_json:
        print_json(
            _facts(plan) | {"written": bool(plan.draft.diff), "running": is_running} | told_of
        )
    elif not is_running:
        note("set up; start it: clawdbot up")


app.command("init")(command(run))


def _planned(options: Options) -> Plan:
    asks = not options.is_sure and not options.is_dry
    if asks and not (sys.stdin.isatty() and is_terminal()):
        raise typer.BadParameter("say --yes where nobody can answer", param_hint="init")
    preflight.check_folder(config_file.path().parent)
    current, old = config.load(), config_file.text()
    here, choices = machine.look(current), told(options)
    if asks:
        choices = asked(choices, here, current)
    elif not choices.profile and not old:
        choices = replace(choices, profile=sizing.suggest(here).profile)
    made = proposed(choices, old or first(), here, current)
    found = [*made.problems, *_unfit(choices, current)]
    if not found:
        _tell_silent_services(made)
    return Plan(options, asks, choices, here, current, replace(made, old=old, problems=found))


def _unfit(choices: Choices, current: Config) -> Sequence[Problem]:
    """What a look at the engine says; one that is silent now may answer later."""
    wish = choices.wish
    if wish is None or wish.engine == Engine.BUILTIN:
        return []
    if wish.engine == Engine.GGUF:
        limit = str(choices.values.get("resource.memory_limit", ""))
        found = engines.candidate(Path(wish.path), current, limit) if wish.path else None
        return [engines.unfit(found)] if found and found.refusal else []
    if wish.url:
        _, problem = engines.models_at(wish.url, wish.key or current.engines.remote_key)
        if problem:
            note(str(problem.sentence))
    return []


def _tell_silent_services(made: Draft) -> None:
    """Where the data would be; the node does not start until they answer."""
    after = {one.key: str(one.after) for one in made.changes}
    for said in unreachable(after.get("database.url", ""), after.get("broker.url", "")):
        note(said)


def _show(plan: Plan) -> None:
    """What would change; ends with exit code 1 where it cannot be."""
    for one in plan.draft.problems:
        note(str(one))
    if plan.draft.problems:
        sys.exit(1)
    if plan.options.is_dry and plan.options.as_json:
        print_json(_facts(plan))
    elif plan.options.is_dry:
        out.print(plan.draft.diff or "nothing changes", markup=False)
    elif plan.asks:
        err.print(f"\n{plan.draft.diff}\n", markup=False)


def _brought_into_force(plan: Plan) -> Config:
    """Write what is agreed to, and have a running node follow."""
    made = plan.draft
    if not made.diff:
        note(f"{config_file.path()} says so already")
        notes.settle(plan.current, SETTLED)
        return plan.current
    if plan.asks and not is_so(f"Write this to {config_file.path()}?", usual=True):
        raise Conflict("Nothing was written.")
    is_running = control.is_running(plan.current)
    if not is_running and any(one.key == "service.port" for one in made.changes):
        preflight.check_port(applying.tried(made.new))
    follows = is_running and _wants_start(plan, "Start its processes again now (15 seconds)?")
    configuration = applying.apply(made.new) if follows else applying.write(made.new)
    notes.settle(configuration, SETTLED)
    note(f"wrote {config_file.path()}")
    if is_running and not follows:
        note("what runs keeps the former settings until: clawdbot restart")
    return configuration


def _started(plan: Plan, configuration: Config) -> bool:
    if not _wants_start(plan, "Start Clawdbot now?"):
        return False
    start_detached(configuration)
    note(f"running at {address(configuration)}")
    return True


def _wants_start(plan: Plan, question: str) -> bool:
    """As told; else as asked; else where something needs a node."""
    if plan.options.start is not None:
        return plan.options.start
    if plan.asks:
        return is_so(question, usual=True)
    return control.is_running(plan.current) or plan.options.has_contents or _has_file(plan)


def _has_file(plan: Plan) -> bool:
    return plan.choices.wish is not None and plan.choices.wish.engine == Engine.GGUF


def _contents(plan: Plan, configuration: Config) -> dict[str, Any]:
    """Everything that needs the database."""
    setup_django()
    from clawdbot_site.cli import init_contents  # needs Django

    found = init_contents.Contents(plan.options, plan.asks)
    if _has_file(plan) and plan.choices.wish:
        name = init_contents.model_taken(Path(plan.choices.wish.path))
        start_model(configuration, name, 0)
    told_of = found.made()
    if plan.asks:
        say("")
        note(f"set up: {address(configuration)}{init_contents.login()}")
    return told_of


def _facts(plan: Plan) -> dict[str, Any]:
    here, suggestion = plan.here, sizing.suggest(plan.here)
    return {
        "machine": {
            "cores": here.cores,
            "memory_bytes": here.memory_bytes,
            "disk_free_bytes": here.disk_free_bytes,
            "gpus": [gpu.name for gpu in here.gpus],
        },
        "suggested": suggestion.profile,
        "profile": plan.choices.profile or plan.current.profile,
        "changes": [change.shown for change in plan.draft.changes],
        "file": str(config_file.path()),
    }
