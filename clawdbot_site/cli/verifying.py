"""What `clawdbot index verify` does and says: progress while it looks, figures, then findings."""

from collections.abc import Callable, Sequence
from dataclasses import asdict

from apps.ops.repairing import repair_everything
from apps.ops.verification import Depth, Verification, verify_everything
from apps.retrieval.verifying.findings import Finding, nothing_shown
from clawdbot_site.cli.console import note, out, print_json
from clawdbot_site.cli.progress import progress_line

_FIGURES = {
    "rows": "chunks in the database",
    "vectors": "with a vector",
    "indexed": "found by meaning",
    "lexical": "found by words",
    "lag": "changes not followed yet",
}


def run(depth: Depth, *, repair: bool, as_json: bool) -> bool:
    """Verify, repair when that is asked for, tell; whether everything is as it must be."""
    with progress_line("verifying") as show:
        found = verify_everything(depth, nothing_shown if depth.is_nightly else _progress(show))
    if not repair or found.is_clean:
        _tell(found, as_json=as_json, repaired=None)
        if not found.is_clean:
            note("it differs from the database; put it right: clawdbot index verify --repair")
        return found.is_clean
    with progress_line("repairing") as show:
        done = repair_everything(found, depth, _progress(show))
    if not as_json:
        _findings("found:", done.before.findings)
    _tell(done.after, as_json=as_json, repaired=(found, done.done))
    for finding in done.for_people:
        note(f"only you can put this right: {', '.join(finding.examples)}")
    return done.after.is_clean


def _progress(show: Callable[[str], None]) -> Callable[[str, int, int], None]:
    return lambda what, done, of: show(f"{what}: {100 * done // max(of, 1)}%")


def _tell(
    found: Verification, *, as_json: bool, repaired: tuple[Verification, Sequence[str]] | None
) -> None:
    facts = found.facts()
    if as_json:
        before = [asdict(one) for one in repaired[0].findings] if repaired else []
        print_json(facts | ({"repaired": before, "done": repaired[1]} if repaired else {}))
        return
    for line in repaired[1] if repaired else ():
        out.print(f"{'':>10} {line}", markup=False)
    for key, words in _FIGURES.items():
        out.print(f"{facts[key]:>10,} {words}", markup=False)
    if found.is_clean:
        out.print("clean: everything is as the database says", markup=False)
    _findings("", found.findings)


def _findings(heading: str, findings: Sequence[Finding]) -> None:
    if heading:
        out.print(heading, markup=False)
    for finding in findings:
        out.print(f"{finding.count:>10,} {finding.drift} in {finding.place}", markup=False)
        for example in finding.examples:
            out.print(f"{'':>10} {example}", markup=False)
        if finding.count > len(finding.examples):
            out.print(f"{'':>10} ...", markup=False)
