"""The questions that have a curated answer, kept in the process for as long as they are true."""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from apps.generation.curated.matching import Phrase, phrase_of
from apps.generation.models import CuratedAnswer, CuratedQuestion

# Two writers may commit in the other order than their clocks say: then the stamp does not change.
OLDEST_S = 60.0

Stamp = tuple[int, datetime | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One way of asking for a curated answer that is in use."""

    answer_id: int
    collection_id: int
    phrase: Phrase


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All of them, and by key; `stamp` and `read_at_s` tell whether it still holds."""

    stamp: Stamp
    read_at_s: float
    entries: Sequence[Entry]
    by_key: Mapping[str, Sequence[Entry]]


_kept: Catalogue | None = None


def catalogue() -> Catalogue:
    """The questions of now. One query when nothing changed, two otherwise."""
    global _kept  # noqa: PLW0603  # one small cache of the process; replaced whole, never changed
    found = CuratedAnswer.objects.aggregate(count=Count("pk"), latest=Max("updated_at"))
    stamp, now = (found["count"], found["latest"]), time.monotonic()
    kept = _kept
    if kept is None or kept.stamp != stamp or now - kept.read_at_s > OLDEST_S:
        kept = _kept = _read(stamp, now) if stamp[0] else Catalogue(stamp, now, (), {})
    return kept


def _read(stamp: Stamp, now: float) -> Catalogue:
    rows = CuratedQuestion.objects.filter(
        answer__is_active=True, answer__collection__deleted_at=None
    )
    entries = [
        Entry(answer_id, collection_id, phrase_of(text))
        for answer_id, collection_id, text in rows.order_by("pk").values_list(
            "answer_id", "answer__collection_id", "text"
        )
    ]
    by_key: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_key[entry.phrase.key].append(entry)
    return Catalogue(stamp, now, entries, dict(by_key))
