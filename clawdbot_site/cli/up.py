"""`clawdbot up` and `clawdbot start`: from a fresh clone to a running node."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Annotated

import typer

from apps.core import config
from apps.core.config import Config
from apps.core.errors import Conflict
from clawdbot_site.cli.console import fail, note
from clawdbot_site.cli.readiness import address, wait_ready
from clawdbot_site.installation import config_file, preflight
from clawdbot_site.supervision import control, lifetime, program, start_lock
from clawdbot_site.supervision.parent_death import stop_with_parent

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
PROFILES = ("edge", "workstation", "server", "cluster")

SampleOption = Annotated[bool, typer.Option("--sample/--no-sample", help="Load the samples.")]
ProfileOption = Annotated[
    str | None, typer.Option(help=f"For the first clawdbot.yaml: {', '.join(PROFILES)}.")
]


@app.command()
def up(sample: SampleOption = True, profile: ProfileOption = None) -> None:
    """Set up what is missing, start everything, stay until Ctrl-C."""
    configuration = configure(profile)
    if control.is_running(configuration):
        _tell_it_runs(configuration)
        return
    if "MAKELEVEL" in os.environ and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        stop_with_parent()  # a killed make must not leave us behind
    with _interruptible():
        supervisor = _launch(configuration, sample=sample, is_attached=True)
        try:
            wait_ready(configuration, still_alive=lambda: supervisor.poll() is None)
            _in_django("welcome-step")
            supervisor.wait()
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            if supervisor.poll() is None:
                note("stopping")
            lifetime.stop_child(configuration, supervisor, note)
    fail("the supervisor was stopped; everything is stopped with it")


@app.command()
def start(sample: SampleOption = False) -> None:
    """Start everything in the background."""
    configuration = configure(None)
    if control.is_running(configuration):
        _tell_it_runs(configuration)
        return
    start_detached(configuration, sample=sample)
    note(f"running at {address(configuration)}")


def configure(profile: str | None) -> Config:
    """Read clawdbot.yaml, writing the default one first if there is none."""
    if profile is not None and profile not in PROFILES:
        raise typer.BadParameter(f"choose one of {', '.join(PROFILES)}", param_hint="--profile")
    if not config_file.path().exists():
        preflight.check_folder(config_file.path().parent)
    if config_file.ensure(profile):
        note(f"wrote {config_file.path()}")
    return config.load()


def start_detached(configuration: Config, *, sample: bool = False) -> None:
    """Start everything so that it outlives this command; returns when it is ready."""
    supervisor = _launch(configuration, sample=sample, is_attached=False)
    try:
        wait_ready(configuration, still_alive=lambda: supervisor.poll() is None)
    except BaseException:
        lifetime.stop_child(configuration, supervisor, note)
        raise


def _launch(configuration: Config, *, sample: bool, is_attached: bool) -> subprocess.Popen[bytes]:
    """Check the machine, bring the database up to date, start the supervisor; it answers then.

    Raises Conflict while another command does the same.
    """
    preflight.check_folder(configuration.data_dir)
    with start_lock.held(configuration):
        if control.is_running(configuration):
            raise Conflict("Another command has started it just now.")
        preflight.check(configuration)
        _in_django("prepare-step", *(["--sample"] if sample else []))
        supervisor = lifetime.start(configuration, is_attached=is_attached)
        try:
            lifetime.wait_for_answer(configuration, supervisor)
        except BaseException:
            lifetime.stop_child(configuration, supervisor, note)
            raise
        return supervisor


def _tell_it_runs(configuration: Config) -> None:
    if program.is_current(configuration):
        note(f"already running at {address(configuration)}")
    else:
        note(f"an older version is running at {address(configuration)}; run: clawdbot restart")


def _in_django(step: str, *arguments: str) -> None:
    """Run a command of cli.steps in a process of its own: the memory of Django is only lent.

    In a session of its own, so that Ctrl-C is for us to handle, which ends the step too.
    """
    command = [sys.executable, "-P", "-m", "clawdbot_site.cli.main", step, *arguments]
    done = subprocess.run(command, check=False, start_new_session=True)  # noqa: S603  our own
    if done.returncode:
        sys.exit(1)


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
