"""`clawdbot doctor`: checks the installation; each finding with its remedy."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from apps.core import config
from clawdbot_site.cli import console
from clawdbot_site.cli.main import setup_django
from clawdbot_site.installation.findings import Finding
from clawdbot_site.installation.front_checks import front_findings
from clawdbot_site.installation.machine_checks import machine_findings

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False) -> None:
    """Check everything the node needs. Exit code 1 when something must be done."""
    findings = []
    for finding in _findings():
        findings.append(finding)
        if not as_json:
            _show(finding)
    if as_json:
        console.print_json([asdict(finding) for finding in findings])
    sys.exit(0 if all(finding.is_fine for finding in findings) else 1)


def _findings() -> Iterator[Finding]:
    configuration = config.load()
    yield from machine_findings(configuration)
    yield from front_findings(configuration)
    if configuration.data_dir.exists():
        setup_django()
        from clawdbot_site.installation.data_checks import data_findings  # needs Django

        yield from data_findings()


def _show(finding: Finding) -> None:
    mark = "ok  " if finding.is_fine else "FIX "
    console.out.print(f"{mark} {finding.check:<12} {finding.seen}", markup=False)
    if finding.remedy:
        console.out.print(f"     {'':<12} {finding.remedy}", markup=False)
