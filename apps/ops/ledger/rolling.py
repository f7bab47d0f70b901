"""Adds the figures of what was written to those of the minute, quarter, hour, ... and of ever.

Each batch of requests came with its own figures (PENDING); they are added and removed in one
transaction, so each request is counted once, whenever it arrives and however often this runs.
"""

import os
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction

from apps.core.leases import lease_end, lease_hold
from apps.core.nodes import node_name
from apps.ops.ledger.figures import Figures
from apps.ops.ledger.windows import start_of
from apps.ops.ledger_records import LedgerRollup, Level

LEASE, HELD_S = "ledger", 300.0
AT_ONCE = 2000
ROLLED = (Level.MINUTE, Level.QUARTER, Level.HOUR, Level.SHIFT, Level.DAY, Level.EVER)
Place = tuple[str, str, str]  # surface, kind, node
Key = tuple[Level, datetime, Place]


def roll_up() -> int:
    """Add all that is pending; returns how many batches. Safe to repeat; one at a time does it."""
    # Containers of one node have its name, and processes of the same numbers.
    holder = f"{node_name()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    if not lease_hold(LEASE, holder=holder, for_s=HELD_S):
        return 0
    try:
        done = 0
        while some := _roll_some():
            done += some
            lease_hold(LEASE, holder=holder, for_s=HELD_S)
        return done
    finally:
        lease_end(LEASE, holder=holder)


@transaction.atomic
def _roll_some() -> int:
    pending = LedgerRollup.objects.filter(level=Level.PENDING).order_by("id")
    rows = list(pending.select_for_update(skip_locked=_can_skip())[:AT_ONCE])
    sums: defaultdict[tuple[datetime, Place], Figures] = defaultdict(Figures)
    for row in rows:
        sums[row.start, (row.surface, row.kind, row.node)].add_json(row.figures)
    figures_add((minute, place, figures) for (minute, place), figures in sums.items())
    LedgerRollup.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def figures_add(
    found: Iterable[tuple[datetime, Place, Figures]], levels: Sequence[Level] = ROLLED
) -> None:
    """Add figures of times and places to the rows of the levels. Inside a transaction."""
    more: defaultdict[Key, Figures] = defaultdict(Figures)
    for minute, place, figures in found:
        for level in levels:
            start = start_of(level, minute)
            for at in _places(level, place):
                more[level, start, at].add(figures)
    for level in levels:
        _store(level, {key: figures for key, figures in more.items() if key[0] == level})


def _places(level: Level, place: Place) -> list[Place]:
    """Where it is counted: in its own row, in that of its kind, in that of all."""
    return [place] if level == Level.EVER else [place, ("", place[1], ""), ("", "", "")]


def _store(level: Level, more: dict[Key, Figures]) -> None:
    if not more:
        return
    there = LedgerRollup.objects.filter(level=level, start__in={start for _, start, _ in more})
    for row in there.select_for_update():
        key = Level(row.level), row.start, (row.surface, row.kind, row.node)
        if key in more:
            more[key].add_json(row.figures)
    LedgerRollup.objects.bulk_create(
        [
            LedgerRollup(
                level=level,
                start=start,
                surface=surface,
                kind=kind,
                node=node,
                figures=figures.as_json(),
            )
            for (_, start, (surface, kind, node)), figures in more.items()
        ],
        update_conflicts=True,
        unique_fields=["level", "start", "surface", "kind", "node", "batch"],
        update_fields=["figures"],
        batch_size=500,
    )


def _can_skip() -> bool:
    return connection.features.has_select_for_update_skip_locked
