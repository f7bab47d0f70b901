"""Putting right what a verification found, each thing in its own way, then verifying again."""

from dataclasses import dataclass

from apps.ops.verification import Depth, Verification, verify_everything
from apps.retrieval.index_repair import repair_index
from apps.retrieval.verifying.findings import Drift, Finding, Place, Progress, nothing_shown
from ingest import originals

_NOT_REPAIRED = frozenset({Drift.MISSING, Drift.CORRUPT})


@dataclass(frozen=True, slots=True)
class Repair:
    """What was found before, what was done about it, and what is found now."""

    before: Verification
    done: tuple[str, ...]
    after: Verification

    @property
    def for_people(self) -> tuple[Finding, ...]:
        """What no program can put right: originals to be uploaded again, texts to be read again."""
        return tuple(finding for finding in self.after.findings if is_for_people(finding))


def repair_everything(
    found: Verification,
    depth: Depth = Depth(),  # noqa: B008
    progress: Progress = nothing_shown,
) -> Repair:
    """Repair what `found` names, then verify again. Safe to repeat; a kill loses nothing."""
    done = [*repair_index(found.index, progress)]
    if found.suspects.unused and (removed := originals.release(found.suspects.unused)):
        done.append(f"{removed} originals that nothing used deleted")
    return Repair(found, tuple(done), verify_everything(depth, progress))


def is_for_people(finding: Finding) -> bool:
    """Whether only a person can put it right."""
    if finding.place is Place.ORIGINALS:
        return finding.drift in _NOT_REPAIRED
    return finding.place is Place.TEXTS
