"""A new clawdbot.yaml comes into force: written, the node started again; else put back."""

from contextlib import suppress

import typer
import yaml

from apps.core import applying, config, config_file
from apps.core.applying import Outcome, State
from apps.core.config import Config
from apps.core.errors import ClawdbotError, Conflict
from clawdbot_site.cli.console import note
from clawdbot_site.cli.readiness import wait_ready
from clawdbot_site.installation import preflight
from clawdbot_site.installation.applying import staged
from clawdbot_site.supervision import (
    conf,
    control,
    keeper_presence,
    lifetime,
    program,
    start_lock,
)

FORMER = "clawdbot.yaml.before"
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command("apply-step")
def apply_step() -> None:
    """What a page has begun: apply the text that waits, and note what became of it."""
    configuration = config.load()
    path = staged(configuration)
    text = path.read_text(encoding="utf-8")
    path.unlink()
    try:
        apply(text)
    except ClawdbotError as error:
        applying.note(configuration, Outcome(State.FAILED, error.message))
        raise
    applying.note(configuration, Outcome(State.DONE))


def apply(text: str) -> Config:
    """Write the text; where the node runs, start its processes again in their supervisor.

    Answers under way are finished first. The former file stays beside it, as `.before`. Raises
    Conflict with why the node does not come up with it; then the former file is in force again.
    """
    before, former = config.load(), config_file.text()
    if not control.is_running(before):
        return _written(text, former)
    with start_lock.held(before):
        after = _written(text, former)
        try:
            _check(before, after)
        except ClawdbotError:
            _put_back(former)
            raise
        try:
            _start_again(before, after)
        except ClawdbotError as error:
            note(f"put back: {error.message}")
            with suppress(ClawdbotError):  # why the new one failed is what is told
                _start_again(after, _put_back(former))
            told = error.message.rstrip(".")
            raise Conflict(f"{told}. The former clawdbot.yaml is in force.") from error
        return after


def write(text: str) -> Config:
    """Write the text, for the next start; returns what it says. Raises Conflict: it is no good."""
    return _written(text, config_file.text())


def tried(text: str) -> Config:
    """What a text without problems says, the environment's values in it; nothing is written."""
    return Config(**(yaml.safe_load(text) or {}))


def _written(text: str, former: str) -> Config:
    if former:
        conf.write_private(config_file.path().with_name(FORMER), former)
    config_file.replace(text)
    config.load.cache_clear()
    try:
        return config.load()
    except SystemExit as refusal:
        _put_back(former)
        raise Conflict(str(refusal.code)) from None


def _put_back(former: str) -> Config:
    config_file.replace(former)
    config.load.cache_clear()
    return config.load()


def _check(before: Config, after: Config) -> None:
    if after.data_dir != before.data_dir:
        raise Conflict("storage.data_dir changes only while the node is stopped: clawdbot stop.")
    if after.service.port != before.service.port:
        preflight.check_port(after)


def _start_again(before: Config, after: Config) -> None:
    pid = control.pid(before)
    is_node = any(process.name in conf.NODE for process in control.states(before))
    conf.write(after, conf.NODE if is_node else ())
    if keeper_presence.is_marked(after):
        conf.write_keeper(after)
    program.record(after)
    note("starting the processes again; answers under way are finished first")
    control.begin_again(before)
    if is_node:
        wait_ready(after, still_alive=lambda: lifetime.is_alive(pid))
