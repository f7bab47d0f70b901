"""`clawdbot doctor`: checks the installation; each finding with its remedy."""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from apps.core import config
from clawdbot_site.airgap.proof import Proof, prove
from clawdbot_site.cli import console
from clawdbot_site.cli.console import counted
from clawdbot_site.installation.examination import examine
from clawdbot_site.installation.findings import Finding, Level

MARKS = {Level.OK: ("ok  ", ""), Level.HINT: ("hint", "yellow"), Level.FIX: ("FIX ", "red")}
WIDTH = 15

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def doctor(
    airgap: Annotated[
        bool,
        typer.Option(
            "--airgap",
            help="Run an installation of its own without a way out, and see what tries to leave.",
        ),
    ] = False,
    scratch: Annotated[
        Path | None, typer.Option(help="With --airgap: folder with 500 MB to spare.")
    ] = None,
    idle: Annotated[
        float, typer.Option(min=0, help="With --airgap: seconds to watch it when all is done.")
    ] = 15,
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 1 for hints, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Check everything the node needs. Exit code 0: it works, 1: something must be done."""
    if airgap:
        _prove(scratch, idle, as_json=as_json)
    findings = []
    for finding in examine(config.load()):
        findings.append(finding)
        if not as_json:
            _show(finding)
    if as_json:
        console.print_json([finding.as_json() for finding in findings])
    else:
        console.out.print(_sum(findings), markup=False)
    is_urgent = any(finding.level == Level.FIX for finding in findings)
    is_hinted = any(not finding.is_fine for finding in findings)
    sys.exit(1 if is_urgent or (strict and is_hinted) else 0)


def _show(finding: Finding) -> None:
    mark, style = MARKS[finding.level]
    console.out.print(f"{mark} {finding.check:<{WIDTH}} {finding.seen}", markup=False, style=style)
    if finding.remedy:
        console.out.print(f"     {'':<{WIDTH}} {finding.remedy}", markup=False, style=style)


def _sum(findings: Sequence[Finding]) -> str:
    counts = Counter(finding.level for finding in findings)
    return f"{counts[Level.OK]} fine, {counts[Level.HINT]} to look at, {counts[Level.FIX]} to fix"


def _prove(folder: Path | None, idle_s: float, *, as_json: bool) -> None:
    proof = prove(config.load(), folder=folder, idle_s=idle_s)
    if as_json:
        console.print_json(asdict(proof) | {"is_tight": proof.is_tight})
    else:
        for line in _lines(proof):
            console.out.print(line, markup=False)
    sys.exit(0 if proof.is_tight else 1)


def _lines(proof: Proof) -> Sequence[str]:
    done, toured = proof.done, proof.done.get("tour", {})
    lines = [
        f"read {counted(done.get('documents', 0), 'document')}, "
        f"asked {counted(done.get('questions', 0), 'question')} "
        f"({done.get('answered', 0)} answered), opened {counted(toured.get('pages', 0), 'page')} "
        f"with {counted(toured.get('files', 0), 'file')}, "
        f"ran {counted(done.get('commands', 0), 'command')}"
    ]
    if unguarded := toured.get("unguarded"):
        lines.append(
            f"{counted(unguarded, 'page')} with scripts that may ask any host: of those only "
            "a browser would tell"
        )
    lines += [f"not followed, it leads out by your own wish: {key}" for key in proof.left_out]
    lines += [f"FIX  {problem}" for problem in proof.problems]
    lines += [f"LEFT {one['line']}" for one in proof.left]
    if proof.is_tight:
        lines.append("nothing tried to leave")
    elif proof.left:
        lines.append(f"{counted(len(proof.left), 'attempt')} to leave")
    return lines
