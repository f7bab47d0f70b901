"""What the administrator entered of costs, and what a cloud would have been sent in a month."""

from datetime import date
from decimal import Decimal

from apps.core import config
from apps.ops.report_records import OwnCost, PriceRow
from apps.ops.reports.costs import Offer, Own, Usage, offer_year, own_year
from apps.ops.reports.figures import Costs, Outcomes
from apps.ops.reports.months import Month

INSTRUCTIONS_TOKENS = 300  # what a prompt holds besides passages: instructions, the question
ANSWER_TOKENS = 200


def own_cost() -> OwnCost:
    """The row of the own costs, made when there is none."""
    row, _made = OwnCost.objects.get_or_create(pk=1)
    return row


def entered(row: OwnCost) -> Own:
    """As arithmetic takes it."""
    return Own(
        currency=row.currency,
        hardware=row.hardware,
        years=row.years,
        power_w=row.power_w,
        per_kwh=row.per_kwh,
        hours_month=row.hours_month,
        per_hour=row.per_hour,
        per_month=row.per_month,
    )


def offers() -> list[Offer]:
    """Those that are compared."""
    return [
        Offer(
            name=row.name,
            currency=row.currency,
            per_million_in=row.per_million_in,
            per_million_out=row.per_million_out,
            per_question=row.per_question,
            per_user_month=row.per_user_month,
            per_month=row.per_month,
            rate=row.rate,
            source=row.source,
            checked_on=row.checked_on.isoformat() if row.checked_on else "",
        )
        for row in PriceRow.objects.filter(is_active=True).order_by("name")
    ]


def tokens_a_question(row: OwnCost) -> tuple[int, int]:
    """Tokens that a language model would read and write for a question: entered, or estimated from
    the passages that an engine is given (answers.passages of ingest.chunk_tokens)."""
    settings = config.load()
    read = settings.answers.passages * settings.ingest.chunk_tokens + INSTRUCTIONS_TOKENS
    tokens_in = row.tokens_in if row.tokens_in is not None else read
    return tokens_in, row.tokens_out if row.tokens_out is not None else ANSWER_TOKENS


def covered(month: Month, first_asked: date | None, *, is_first: bool) -> tuple[date, int]:
    """From which day on the month counts, and how many days: an installation that began in it is
    not taken to have been there before."""
    begin = first_asked if is_first and first_asked else month.first
    return begin, max(1, (month.until - begin).days + 1)


def costs_of(
    questions: Outcomes,
    tokens: tuple[int, int],
    *,
    unmodelled: int,
    people: int | None,
    span: tuple[date, int],
) -> Costs:
    """A year like this month. `unmodelled`: questions answered without a language model;
    `tokens`: read and written by language models; `span`: as `covered` tells."""
    row = own_cost()
    own = entered(row)
    tokens_in, tokens_out = tokens_a_question(row)
    begin, day_count = span
    usage = Usage(
        days=day_count,
        questions=questions.answered + questions.not_found,
        people=people,
        tokens_in=tokens[0] + unmodelled * tokens_in,
        tokens_out=tokens[1] + unmodelled * tokens_out,
    )
    here = own_year(own, usage)
    years = [offer_year(one, usage, own=own, here=here) for one in offers()]
    years.sort(key=lambda one: (one.own_total is None, one.own_total or Decimal(0), one.offer.name))
    return Costs(own, here, years, usage, unmodelled, tokens_in, tokens_out, begin)
