"""`clawdbot eval gate`: what the golden sets lose by a clawdbot.yaml, before it is in force."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from apps.core.errors import ClawdbotError
from apps.evaluation import config_gate
from apps.evaluation.config_gate import Standing
from apps.evaluation.gate import guards, loss_words
from apps.evaluation.setups import NAMES
from apps.evaluation.workspace import Progress
from clawdbot_site.cli.asking_progress import Stages
from clawdbot_site.cli.console import note, print_json
from clawdbot_site.cli.ending import ending_cleanly
from clawdbot_site.cli.evaluation_sets import JsonOption
from clawdbot_site.installation.operator import operator

ASK = "clawdbot eval gate"
SAME = "no golden set that blocks losses was asked with anything else"
UNGUARDED = "no golden set blocks losses and has evaluation.gate_questions questions"


def gate(
    config: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="This file; else clawdbot.yaml itself."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Ask the sets that block losses with a clawdbot.yaml that is not in force yet.

    Exit code 1 when one loses more than it may.
    """
    if config is None:
        judge(as_json=as_json)
        return
    with ending_cleanly(), Stages() as stages:
        config_gate.baselines_ask(by=operator(), progress=stages)
    command = [sys.executable, "-P", "-m", "clawdbot_site.cli.main", "gate-step", str(config)]
    done = subprocess.run([*command, *["--json"] * as_json], check=False)  # noqa: S603 - ourselves
    sys.exit(done.returncode)


def judge(*, as_json: bool) -> None:
    """Ask with what this process is configured with, and tell; exits with 1 on a loss."""
    with ending_cleanly(), Stages() as stages:
        config_gate.candidates_ask(by=operator(), progress=_after(stages))
    found = list(config_gate.standings())
    is_lost = any(one.losses for one in found) and not config_gate.is_allowed()
    if as_json:
        print_json({"passed": not is_lost, "sets": [_as_json(one) for one in found]})
    else:
        _tell(found)
    sys.exit(int(is_lost))


def tell_unproven() -> None:
    """What starts with keys that no golden set was asked with, or that one lost by, is told."""
    try:
        if config_gate.is_allowed():
            return
        for one in config_gate.standings():
            if not one.is_measured:
                note(f"WARNING: {_named(one)}; what is lost by that is not known. Ask: {ASK}")
            elif one.losses:
                note(f"WARNING: {_named(one)}; it loses {loss_words(one.losses)}")
    except ClawdbotError as error:  # a model is missing: that is told elsewhere
        note(f"the golden sets are not compared: {error.message}")


def _named(one: Standing) -> str:
    parts = ", ".join(str(NAMES[part]).lower() for part in one.changed)
    return f"changed since the golden set “{one.pair.golden_set}” was asked: {parts}"


def _after(stages: Progress) -> Progress:
    return lambda _stage, done, total: stages("ask with the new clawdbot.yaml", done, total)


def _tell(found: list[Standing]) -> None:
    if not found:
        is_guarded = any(True for _ in guards())
        note(f"passed: {SAME if is_guarded else UNGUARDED}")
    for one in found:
        run, parts = one.pair.candidate, ", ".join(one.changed)
        what = f"{one.pair.golden_set}: {parts}: run {run.pk if run else '-'}"
        if not one.losses:
            note(f"{what}: passed")
            continue
        note(f"{what}: loses {loss_words(one.losses)}")
        if run is not None:
            note(f"  accept it for a day: clawdbot eval allow {run.pk} --reason '...'")


def _as_json(one: Standing) -> dict[str, Any]:
    pair = one.pair
    return {
        "set": str(pair.golden_set),
        "changed": one.changed,
        "before": pair.baseline.pk if pair.baseline else None,
        "run": pair.candidate.pk if pair.candidate else None,
        "losses": [{"figure": loss.name, "old": loss.old, "new": loss.new} for loss in one.losses],
    }
