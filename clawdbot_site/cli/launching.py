"""From a configuration to a running supervisor: checks, database, processes."""

import subprocess
import sys
from collections.abc import Sequence

import typer

from apps.core import config, config_environment
from apps.core.config import Config
from apps.core.errors import Conflict
from clawdbot_site.cli.console import note
from clawdbot_site.cli.readiness import wait_ready
from clawdbot_site.installation import config_file, preflight
from clawdbot_site.supervision import conf, control, lifetime, start_lock

PROFILES = ("edge", "workstation", "server", "cluster")


def configure(profile: str | None) -> Config:
    """Read clawdbot.yaml, writing the default one first if there is none."""
    if profile is not None and profile not in PROFILES:
        raise typer.BadParameter(f"choose one of {', '.join(PROFILES)}", param_hint="--profile")
    if not config_file.path().exists():
        preflight.check_folder(config_file.path().parent)
    if config_file.ensure(profile):
        note(f"wrote {config_file.path()}")
    configuration = config.load()
    for name in config_environment.of_no_key(Config):
        note(f"the environment's {name} sets nothing: variables are named CLAWDBOT_SECTION__KEY")
    return configuration


def start_detached(configuration: Config, *, sample: bool = False) -> None:
    """Start everything so that it outlives this command; returns when it is ready."""
    steps = [["prepare-step", *(["--sample"] if sample else [])]]
    supervisor = launch(configuration, steps, is_attached=False)
    try:
        wait_ready(configuration, still_alive=lambda: supervisor.poll() is None)
    except BaseException:
        lifetime.stop_child(configuration, supervisor, note)
        raise


def launch(
    configuration: Config, steps: Sequence[Sequence[str]], *, is_attached: bool,
    names: Sequence[str] = conf.NODE,
) -> "subprocess.Popen[bytes]":  # fmt: skip
    """Check the machine, take the steps, start the supervisor with these processes; it answers
    then. Raises Conflict while another command does the same.
    """
    preflight.check_folder(configuration.data_dir)
    with start_lock.held(configuration):
        if control.is_running(configuration):
            raise Conflict("Another command has started it just now.")
        if names:
            preflight.check(configuration)
        for step in steps:
            in_django(*step)
        supervisor = lifetime.start(configuration, is_attached=is_attached, names=names)
        try:
            lifetime.wait_for_answer(configuration, supervisor)
        except BaseException:
            lifetime.stop_child(configuration, supervisor, note)
            raise
        return supervisor


def in_django(step: str, *arguments: str) -> None:
    """Run a hidden command in a process of its own: the memory of Django is only lent.

    In a session of its own, so that Ctrl-C is for us to handle, which ends the step too. Exits
    with 1 when it fails: it has said why.
    """
    command = [sys.executable, "-P", "-m", "clawdbot_site.cli.main", step, *arguments]
    done = subprocess.run(command, check=False, start_new_session=True)  # noqa: S603  our own
    if done.returncode:
        sys.exit(1)
