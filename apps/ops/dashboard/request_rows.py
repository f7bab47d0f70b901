"""Requests of the ledger in the words of the page that lists them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from apps.accounts.models import ApiKey, User
from apps.generation.models import Trace
from apps.ops.dashboard import words
from apps.ops.ledger_records import RequestRecord

STAGES = tuple(words.STAGES)


@dataclass(frozen=True, slots=True)
class Part:
    """A stage's share of a request's time, in hundredths of the row's bar."""

    name: str
    label: Any
    ms: float
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Row:
    """A request as the page shows it. `trace`: address of its trace; empty: none, or it is gone."""

    record: RequestRecord
    outcome: Any
    tone: str
    kind: Any
    surface: Any
    by: str
    trace: str
    parts: Sequence[Part]


def named(records: Sequence[RequestRecord]) -> list[Row]:
    """The rows with the names of their users and keys, and the traces that are still there.

    Three queries.
    """
    users = User.objects.in_bulk({one.user_id for one in records if one.user_id})
    keys = ApiKey.objects.in_bulk({one.key_id for one in records if one.key_id})
    wanted = {one.trace for one in records if one.trace}
    kept = dict(Trace.objects.filter(uuid__in=wanted).values_list("uuid", "pk"))
    return [_row(one, users, keys, kept) for one in records]


def _row(
    record: RequestRecord,
    users: Mapping[int, User],
    keys: Mapping[int, ApiKey],
    kept: Mapping[UUID, int],
) -> Row:
    trace = kept.get(record.trace) if record.trace else None
    who = [users.get(record.user_id or 0), keys.get(record.key_id or 0)]
    return Row(
        record=record,
        outcome=words.OUTCOMES.get(record.outcome, record.outcome),
        tone=words.TONES.get(record.outcome, "quiet"),
        kind=words.KINDS.get(record.kind, record.kind),
        surface=words.SURFACES.get(record.surface, record.surface),
        by=" · ".join(str(one) for one in who if one),
        trace=reverse("admin:generation_trace_change", args=[trace]) if trace else "",
        parts=_parts(record),
    )


def _parts(record: RequestRecord) -> list[Part]:
    """One after the other; stages that run at once make a bar no longer than the whole."""
    times = [(name, getattr(record, f"{name}_ms")) for name in STAGES]
    known = [(name, ms) for name, ms in times if ms]
    whole = max(record.total_ms, sum(ms for _name, ms in known)) or 1.0
    parts, left = [], 0.0
    for name, ms in known:
        width = 100 * ms / whole
        parts.append(Part(name, words.STAGES[name], ms, round(left, 2), round(width, 2)))
        left += width
    return parts
