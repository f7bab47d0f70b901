"""What a year costs: on machines of one's own, and by the prices of clouds. Only arithmetic.

Nothing is assumed that nobody entered: what is missing is named, and not counted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

DAYS_A_YEAR = Decimal(365)
HOURS_A_YEAR = DAYS_A_YEAR * 24
MILLION = Decimal(1_000_000)
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Own:
    """What the administrator entered of this installation; None: not entered."""

    currency: str = ""
    hardware: Decimal | None = None
    years: Decimal | None = None
    power_w: Decimal | None = None
    per_kwh: Decimal | None = None
    hours_month: Decimal | None = None
    per_hour: Decimal | None = None
    per_month: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A cloud's prices; None: it asks nothing for that. `rate`: own currency for one of its."""

    name: str
    currency: str
    per_million_in: Decimal | None = None
    per_million_out: Decimal | None = None
    per_question: Decimal | None = None
    per_user_month: Decimal | None = None
    per_month: Decimal | None = None
    rate: Decimal | None = None
    source: str = ""
    checked_on: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """What was used in `days`: a cloud would be sent and asked the same."""

    days: int
    questions: int
    people: int | None  # not known any more
    tokens_in: int
    tokens_out: int


@dataclass(frozen=True, slots=True)
class OwnYear:
    """A year here. `parts`: those that were entered, by name; `missing`: those that were not."""

    total: Decimal | None
    parts: Mapping[str, Decimal]
    missing: Sequence[str]
    running: Decimal | None  # without the machines
    per_question: Decimal | None


@dataclass(frozen=True, slots=True)
class OfferYear:
    """A year at the prices of an offer.

    `own_total`: in the own currency; None: there is no exchange rate. `saving`: by which the own
    year is cheaper (negative: dearer). `pays_back_months`: when the machines are paid for by what
    is saved without them; None: never, or not known.
    """

    offer: Offer
    total: Decimal | None  # none of what it asks for is known
    parts: Mapping[str, Decimal]
    own_total: Decimal | None
    saving: Decimal | None
    pays_back_months: int | None
    per_question: Decimal | None


def own_year(own: Own, usage: Usage) -> OwnYear:
    """What a year costs here."""
    parts = {
        "hardware": _product(own.hardware, 1 / own.years if own.years else None),
        "power": _product(own.power_w, own.per_kwh, HOURS_A_YEAR / 1000),
        "work": _product(own.hours_month, own.per_hour, Decimal(12)),
        "other": _product(own.per_month, Decimal(12)),
    }
    entered = {name: _rounded(part) for name, part in parts.items() if part is not None}
    running = [part for name, part in entered.items() if name != "hardware"]
    total = sum(entered.values(), Decimal(0)) if entered else None
    return OwnYear(
        total=total,
        parts=entered,
        missing=[name for name, part in parts.items() if part is None],
        running=sum(running, Decimal(0)) if entered else None,
        per_question=_per_question(total, usage),
    )


def offer_year(offer: Offer, usage: Usage, *, own: Own, here: OwnYear) -> OfferYear:
    """What a year like these days would cost by the offer, and how that compares."""
    year = DAYS_A_YEAR / max(1, usage.days)
    parts = {
        "tokens_in": _product(offer.per_million_in, usage.tokens_in * year / MILLION),
        "tokens_out": _product(offer.per_million_out, usage.tokens_out * year / MILLION),
        "questions": _product(offer.per_question, usage.questions * year),
        "people": _product(
            offer.per_user_month, None if usage.people is None else Decimal(usage.people * 12)
        ),
        "flat": _product(offer.per_month, Decimal(12)),
    }
    asked = {name: _rounded(part) for name, part in parts.items() if part is not None}
    total = sum(asked.values(), Decimal(0)) if asked else None
    rate = Decimal(1) if offer.currency == own.currency else offer.rate
    own_total = _rounded(total * rate) if rate is not None and total is not None else None
    return OfferYear(
        offer=offer,
        total=total,
        parts=asked,
        own_total=own_total,
        saving=None if own_total is None or here.total is None else own_total - here.total,
        pays_back_months=_pays_back_months(own, here, own_total),
        per_question=_per_question(total, usage),
    )


def _pays_back_months(own: Own, here: OwnYear, own_total: Decimal | None) -> int | None:
    if own.hardware is None or own_total is None or here.running is None:
        return None
    saved_month = (own_total - here.running) / 12
    if saved_month <= 0:
        return None
    return int((own.hardware / saved_month).to_integral_value(rounding=ROUND_HALF_UP))


def _per_question(total: Decimal | None, usage: Usage) -> Decimal | None:
    if total is None or not usage.questions:
        return None
    a_year = usage.questions * DAYS_A_YEAR / max(1, usage.days)
    return (total / a_year).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)


def _product(*factors: Decimal | None) -> Decimal | None:
    product = Decimal(1)
    for factor in factors:
        if factor is None:
            return None
        product *= factor
    return product


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(CENT, rounding=ROUND_HALF_UP)
