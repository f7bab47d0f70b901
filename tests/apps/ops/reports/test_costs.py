"""What a year costs, here and elsewhere."""

from decimal import Decimal

from apps.ops.reports.costs import Offer, Own, Usage, offer_year, own_year

MONTH = Usage(days=73, questions=2000, people=50, tokens_in=4_000_000, tokens_out=200_000)
OWN = Own(
    "EUR", hardware=Decimal(4000), years=Decimal(4), power_w=Decimal(100), per_kwh=Decimal("0.30")
)


def test_a_year_here_is_the_sum_of_what_was_entered():
    year = own_year(OWN, MONTH)

    assert year.parts == {"hardware": Decimal("1000.00"), "power": Decimal("262.80")}
    assert (year.total, year.running) == (Decimal("1262.80"), Decimal("262.80"))
    assert year.missing == ["work", "other"]
    assert year.per_question == Decimal("0.1263")  # of 10,000 a year


def test_nothing_is_told_where_nothing_was_entered():
    year = own_year(Own(), MONTH)

    assert (year.total, year.per_question, dict(year.parts)) == (None, None, {})


def test_a_year_by_an_offer_takes_all_its_prices_into_account():
    prices = {"million_in": 2, "million_out": 10, "question": "0.01", "user_month": 3, "month": 5}
    offer = Offer("Cloud", "EUR", **{f"per_{name}": Decimal(one) for name, one in prices.items()})

    year = offer_year(offer, MONTH, own=OWN, here=own_year(OWN, MONTH))

    expected = {"tokens_in": 40, "tokens_out": 10, "questions": 100, "people": 1800, "flat": 60}
    assert year.parts == expected
    assert year.saving == Decimal("2010.00") - Decimal("1262.80")
    assert year.pays_back_months == 27  # 4000 / ((2010 - 262.80) / 12)


def test_another_currency_is_compared_by_the_rate_that_was_entered_and_not_without_one():
    here = own_year(OWN, MONTH)

    known = offer_year(
        Offer("A", "USD", per_month=Decimal(100), rate=Decimal("0.9")), MONTH, own=OWN, here=here
    )
    unknown = offer_year(Offer("B", "USD", per_month=Decimal(100)), MONTH, own=OWN, here=here)

    assert (known.total, known.own_total) == (Decimal("1200.00"), Decimal("1080.00"))
    assert (unknown.total, unknown.own_total, unknown.saving) == (Decimal("1200.00"), None, None)


def test_machines_are_never_paid_back_by_an_offer_that_is_cheaper_than_running_them():
    year = offer_year(
        Offer("A", "EUR", per_month=Decimal(1)), MONTH, own=OWN, here=own_year(OWN, MONTH)
    )

    assert (year.saving, year.pays_back_months) == (Decimal("12.00") - Decimal("1262.80"), None)
