"""What the last verify of a node says to people, and asking the node for a repair."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core import clock
from apps.core.adminsite import moment
from apps.retrieval.models import NodeIndex
from apps.retrieval.verifying.findings import Drift

LATE_AFTER = timedelta(days=3)  # it is done every night


@dataclass(frozen=True, slots=True)
class Verified:
    """`tone` good, quiet, busy, warn or bad; `words` the state; `has_drift`: a repair is due."""

    tone: str
    words: str
    has_drift: bool = False


def verified(index: NodeIndex) -> Verified:
    """What is known of one node."""
    if index.repair_asked_at is not None:
        return Verified("busy", _("Is about to be repaired"))
    if index.verified_at is None:
        return Verified("quiet", _("Not verified yet"))
    when = {"time": moment(index.verified_at)}
    findings = index.verification.get("findings", [])
    if findings:
        words = _("Verified %(time)s") % when
        return Verified("bad", f"{words}: {drift_in_words(findings)}", has_drift=True)
    if clock.now() - index.verified_at > LATE_AFTER:
        ago = timesince(index.verified_at, depth=1)
        return Verified("warn", _("Not verified for %(time)s") % {"time": ago})
    return Verified("good", _("Verified %(time)s, no drift") % when)


def drift_in_words(findings: list[dict[str, Any]]) -> str:
    """How many things are missing, damaged and so on, in one line."""
    counts = {
        drift: sum(one["count"] for one in findings if one["drift"] == drift) for drift in Drift
    }
    words = {
        Drift.MISPLACED: ngettext("%(n)d misplaced", "%(n)d misplaced", counts[Drift.MISPLACED]),
        Drift.CORRUPT: ngettext("%(n)d damaged", "%(n)d damaged", counts[Drift.CORRUPT]),
        Drift.MISSING: ngettext("%(n)d missing", "%(n)d missing", counts[Drift.MISSING]),
        Drift.DIFFERING: ngettext("%(n)d differing", "%(n)d differing", counts[Drift.DIFFERING]),
        Drift.ORPHAN: ngettext("%(n)d without owner", "%(n)d without owner", counts[Drift.ORPHAN]),
        Drift.STALE: ngettext("%(n)d outdated", "%(n)d outdated", counts[Drift.STALE]),
    }
    return ", ".join(text % {"n": counts[drift]} for drift, text in words.items() if counts[drift])


def repair_ask() -> int:
    """Ask every node that found drift to repair itself, as its indexer will within seconds.

    Returns how many. Asking twice is asking once.
    """
    drifted = NodeIndex.objects.exclude(
        Q(verification={}) | Q(verification__findings=[]) | Q(verified_at=None)
    )
    return drifted.filter(repair_asked_at=None).update(repair_asked_at=clock.now())
