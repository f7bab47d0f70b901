"""The figures of a report: what is kept of a month, whatever language it is told in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from apps.ops.reports.costs import OfferYear, Own, OwnYear, Usage
from apps.ops.reports.questions import Topics


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of requests."""

    asked: int
    answered: int
    not_found: int
    refused: int
    denied: int
    failed: int
    cancelled: int
    up: int
    down: int

    @property
    def answered_rate(self) -> float | None:
        """Share of the questions that ended for which the documents had an answer; 0..1."""
        ended = self.answered + self.not_found
        return self.answered / ended if ended else None

    @property
    def success_rate(self) -> float | None:
        """Share of what was served and did not fail; 0..1."""
        served = self.answered + self.not_found
        return served / (served + self.failed) if served + self.failed else None

    @property
    def helpful_rate(self) -> float | None:
        """Share of the verdicts that say helpful; 0..1."""
        return self.up / (self.up + self.down) if self.up + self.down else None


@dataclass(frozen=True, slots=True)
class Speed:
    """How long questions took, in milliseconds; None: none was answered."""

    mean_ms: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None


@dataclass(frozen=True, slots=True)
class DayFigures:
    """Questions of one day. `other`: refused, failed or cancelled."""

    day: date
    answered: int
    not_found: int
    other: int
    p50_ms: float | None
    p95_ms: float | None

    @property
    def asked(self) -> int:
        """All of them."""
        return self.answered + self.not_found + self.other


@dataclass(frozen=True, slots=True)
class Machine:
    """A node's machine over the month. `load`: 1 is all of its cores. None: not measured."""

    node: str
    load_mean: float | None
    load_most: float | None
    memory_most_bytes: float | None
    memory_total_bytes: float | None
    gpu_mean: float | None
    disk_free_bytes: float | None
    disk_total_bytes: float | None


@dataclass(frozen=True, slots=True)
class CollectionFigures:
    """A collection's documents at the end, and those that came in the month.

    Its name is empty when it was deleted.
    """

    key: int
    name: str
    documents: int
    added: int


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What there was to ask. `read` and `failed`: files that were taken in, or could not be."""

    documents: int
    pages: int
    collections: Sequence[CollectionFigures]  # the largest first
    collection_count: int
    added: int
    read: int
    failed: int


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of a golden set: of which, what, how much (0..1), between what and what, when."""

    of: str
    name: str
    value: float
    low: float | None
    high: float | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Costs:
    """A year here and elsewhere. `estimated`: questions whose tokens were estimated, each with
    `tokens_in` and `tokens_out`; the other tokens were counted. `covered_from`: the first day."""

    own: Own
    here: OwnYear
    offers: Sequence[OfferYear]
    usage: Usage
    estimated: int
    tokens_in: int
    tokens_out: int
    covered_from: date


@dataclass(frozen=True, slots=True)
class ReportFigures:
    """All that a report tells. `until`: the last day in it. `hours`: questions by weekday (Monday
    first) and hour; empty where that is no longer kept. None: switched off, or unknown."""

    month: date
    until: date
    time_zone: str
    installation: str
    program: str
    questions: Outcomes
    before: Outcomes | None
    speed: Speed
    speed_before: Speed | None
    stages: Mapping[str, float]  # mean milliseconds
    days: Sequence[DayFigures]
    hours: Sequence[Sequence[int]]
    surfaces: Mapping[str, int]  # questions
    kinds: Mapping[str, int]  # requests
    people: int | None
    people_before: int | None
    tokens_in: int
    tokens_out: int
    reasons: Mapping[str, int]  # of verdicts: Feedback.Reason
    knowledge: Knowledge
    machines: Sequence[Machine]
    costs: Costs
    top: Topics | None = None
    missing: Topics | None = None
    measures: Sequence[Measure] = field(default_factory=tuple)


@cache
def _adapter() -> TypeAdapter[ReportFigures]:
    return TypeAdapter(ReportFigures)


def to_json(figures: ReportFigures) -> dict[str, Any]:
    """For the database; money as text, exact."""
    told: dict[str, Any] = _adapter().dump_python(figures, mode="json")
    return told


def from_json(told: Mapping[str, Any]) -> ReportFigures:
    """What `to_json` told, also by a version before: what it did not know yet is as empty."""
    return _adapter().validate_python(told)


def change(now: float | None, before: float | None) -> float | None:
    """By which share a figure grew; None where that says nothing."""
    return (now - before) / before if now is not None and before else None


def money(value: Decimal) -> Decimal:
    """As people say it: whole units from a hundred on."""
    return value.quantize(Decimal(1) if abs(value) >= 100 else Decimal("0.01"))
