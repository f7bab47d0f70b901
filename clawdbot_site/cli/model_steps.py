"""The parts of `start --model` and `stop --model` that need Django; hidden commands."""

import time
from datetime import timedelta
from typing import Annotated, NoReturn

import typer

from apps.core import clock, config
from apps.core.errors import Conflict, Invalid
from apps.core.nodes import node_name
from apps.modelhub.models import Model, ModelServer
from apps.modelhub.profiles import NAMES, profile_for
from apps.modelhub.selectors import model_get
from apps.ops.model_keeping import pins
from clawdbot_site.cli.console import note, out
from clawdbot_site.supervision import control

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
POLL_S = 0.2
SILENT = timedelta(seconds=30)  # no heartbeat: the keeper is not there
STOP_LIMIT_S = 20
NameArgument = Annotated[str, typer.Argument()]
State = ModelServer.State


@app.command("pin-model-step")
def pin_model_step(name: NameArgument, port: Annotated[int, typer.Option("--port")] = 0) -> None:
    """Want the model, for good."""
    pins.pin(_model(name), port)


@app.command("await-model-step")
def await_model_step(name: NameArgument) -> None:
    """Wait for the keeper's word, and pass it on."""
    model, asked_at, is_told = _model(name), clock.now(), False
    while True:
        server = ModelServer.objects.get(model=model, node=node_name())
        if server.state == State.READY:
            _tell(server)
            return
        if server.state in (State.REFUSED, State.FAILED):
            pins.unpin(model)
            raise Conflict(f"{model.name}: {server.reason}")
        if server.state == State.STOPPED:
            raise Conflict(f"{model.name} was stopped by another command.")
        if server.state == State.LOADING and not is_told:
            note(f"loading {model.name}")
            is_told = True
        if clock.now() - max(asked_at, server.seen_at or asked_at) > SILENT:
            _no_keeper()
        time.sleep(POLL_S)


@app.command("stop-model-step")
def stop_model_step(name: NameArgument) -> None:
    """Unload the model, and want it no longer."""
    model, configuration = _model(name), config.load()
    if not pins.stop(model):
        note(f"{model.name} is not served here")
        return
    deadline = time.monotonic() + STOP_LIMIT_S
    while control.is_running(configuration) and model.name in control.model_states(configuration):
        if time.monotonic() > deadline:
            _no_keeper()
        time.sleep(POLL_S)
    note(f"{model.name} stopped")
    if model.name in configuration.serving.models:
        note("serving.models of clawdbot.yaml names it: the next start serves it again")


def _model(name: str) -> Model:
    """A model of that name, or that of the profile. Raises NotFound, Invalid."""
    if name in NAMES and not Model.objects.filter(name=name).exists():
        profile = profile_for(name)
        if not profile.model:
            raise Invalid(
                f"The profile “{name}” names no model. Set one on its page in the administration,"
                " or name a model: clawdbot model list"
            )
        return model_get(profile.model)
    return model_get(name)


def _tell(server: ModelServer) -> None:
    out.print(f"{server.model.name} answers at {server.url}", markup=False)
    for reason in server.plan.get("reasons", []):
        out.print(f"  {reason}", markup=False)


def _no_keeper() -> NoReturn:
    raise Conflict("The keeper of models does not answer. See: clawdbot logs models")
