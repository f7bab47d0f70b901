"""`clawdbot up` and `clawdbot start`: from a fresh clone to a running node."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Annotated

import typer

from apps.core.config import Config
from clawdbot_site.cli.console import fail, note
from clawdbot_site.cli.launching import PROFILES, configure, in_django, launch, start_detached
from clawdbot_site.cli.model_start import serves_only_models, start_model
from clawdbot_site.cli.readiness import address, wait_ready
from clawdbot_site.supervision import control, lifetime, program, systemd, web_address
from clawdbot_site.supervision.parent_death import stop_with_parent

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

SampleOption = Annotated[bool, typer.Option("--sample/--no-sample", help="Load the samples.")]
WelcomeOption = Annotated[
    bool,
    typer.Option(
        "--welcome/--no-welcome",
        help="Print how to get in, with the first password: not where logs are kept.",
    ),
]
ProfileOption = Annotated[
    str | None, typer.Option(help=f"For the first clawdbot.yaml: {', '.join(PROFILES)}.")
]


@app.command()
def up(
    sample: SampleOption = True, welcome: WelcomeOption = True, profile: ProfileOption = None
) -> None:
    """Set up what is missing, start everything, stay until Ctrl-C."""
    configuration = configure(profile)
    if control.is_running(configuration):
        _tell_it_runs(configuration)
        return
    if "MAKELEVEL" in os.environ and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        stop_with_parent()  # a killed make must not leave us behind
    with _interruptible():
        steps = [["prepare-step", *(["--sample"] if sample else [])]]
        supervisor = launch(configuration, steps, is_attached=True)
        try:
            wait_ready(configuration, still_alive=lambda: supervisor.poll() is None)
            systemd.tell("READY=1")
            if welcome:
                in_django("welcome-step")
            else:
                note(f"running at {address(configuration)}")
            supervisor.wait()
        finally:
            systemd.tell("STOPPING=1")
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            if supervisor.poll() is None:
                note("stopping")
            lifetime.stop_child(configuration, supervisor, note)
    fail("the supervisor was stopped; everything is stopped with it")


@app.command()
def start(
    sample: SampleOption = False,
    model: Annotated[str, typer.Option("--model", help="Serve this model, or a profile's.")] = "",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Of the model; 0: the next free one.")
    ] = 0,
) -> None:
    """Start everything in the background. With --model: that model, and nothing else."""
    if port and not model:
        raise typer.BadParameter("only a model has a port of its own", param_hint="--port")
    configuration = configure(None)
    if model:
        start_model(configuration, model, port)
        return
    if control.is_running(configuration):
        if not serves_only_models(configuration):
            _tell_it_runs(configuration)
            return
        note("only model servers run here; they are started again, with everything else")
        lifetime.stop(configuration, note)
    start_detached(configuration, sample=sample)
    note(f"running at {address(configuration)}")


def _tell_it_runs(configuration: Config) -> None:
    configuration = web_address.in_force(configuration)
    if program.is_current(configuration):
        note(f"already running at {address(configuration)}")
    else:
        note(f"an older version is running at {address(configuration)}; run: clawdbot restart")


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal end `up` in good order: exit code 0."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN or number == signal.SIGINT:
            signal.signal(number, _interrupt)
    try:
        yield
    except KeyboardInterrupt:
        note("stopped")
        sys.exit(0)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
