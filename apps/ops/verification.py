"""Verifying all that an installation stores: the index of this node, vectors, texts, originals."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from apps.core import clock
from apps.core.leases import lease_hold
from apps.core.nodes import node_name
from apps.retrieval import index_damage
from apps.retrieval.models import NodeIndex
from apps.retrieval.verify import VerifyReport, verify
from apps.retrieval.verifying.findings import (
    Finding,
    Findings,
    Progress,
    nothing_shown,
    to_json,
)
from ingest.originals_check import OriginalSuspects, compare_originals

WEEK = 7
READING, READING_HELD_S = "read-originals", 12 * 3600.0  # till noon: all nodes begin at one time


@dataclass(frozen=True, slots=True)
class Depth:
    """How much of it is read: `is_quick` reads some of the texts and no original.

    `is_nightly` reads every seventh folder of originals, so that a week reads them all.
    """

    is_quick: bool = False
    is_nightly: bool = False
    examples: int = 5

    def is_hashed(self, part: str, when: datetime | None = None) -> bool:
        """Whether the originals of this folder are read now, or at another time."""
        if self.is_quick:
            return False
        today = timezone.localdate(when).toordinal()
        return not self.is_nightly or int(part, 16) % WEEK == today % WEEK


@dataclass(frozen=True, slots=True)
class Verification:
    """What was compared, and what differed."""

    index: VerifyReport
    originals: tuple[Finding, ...]
    suspects: OriginalSuspects

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that differs."""
        return (*self.index.findings, *self.originals)

    @property
    def is_clean(self) -> bool:
        """Whether nothing differs."""
        return not self.findings

    def facts(self) -> dict[str, Any]:
        """What to show and to store."""
        searched = self.index.indexes[0]
        return {
            "is_clean": self.is_clean,
            "rows": searched.rows,
            "vectors": searched.vectors,
            "indexed": searched.indexed,
            "lexical": searched.lexical,
            "lag": searched.lag,
            "findings": to_json(self.findings),
        }


def verify_everything(depth: Depth = Depth(), progress: Progress = nothing_shown) -> Verification:
    """Compare all of it with the database; keeps the result for the admin. Repairs nothing."""
    began, findings = clock.now(), Findings(depth.examples)
    report = verify(is_quick=depth.is_quick, progress=progress, examples=depth.examples)
    suspects = compare_originals(findings, progress, is_hashed=_hashed_here(depth))
    found = Verification(report, findings.all(), suspects)
    _record(found, (clock.now() - began).total_seconds())
    return found


def _hashed_here(depth: Depth) -> Callable[[str], bool]:
    """At night one of the nodes reads the originals, which they share; each looks for all."""
    if depth.is_nightly and not lease_hold(READING, holder=node_name(), for_s=READING_HELD_S):
        return lambda part: False
    return depth.is_hashed


def _record(found: Verification, seconds: float) -> None:
    """For this node: its index is its own, and so may be its view of the storage.

    Not for one that has no index yet, and not as a sign of life of its indexer.
    """
    verification = found.facts() | {
        "seconds": round(seconds, 1),
        "incidents": index_damage.latest(),
    }
    mine = NodeIndex.objects.filter(node=node_name())
    mine.update(verified_at=clock.now(), verification=verification)
