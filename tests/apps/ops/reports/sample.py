"""The figures of a busy October, made up: every part of a report has something to tell."""

from datetime import UTC, date, datetime
from decimal import Decimal

from apps.ops.reports.costs import Offer, Own, Usage, offer_year, own_year
from apps.ops.reports.figures import (
    CollectionFigures,
    Costs,
    DayFigures,
    Knowledge,
    Machine,
    Measure,
    Outcomes,
    ReportFigures,
    Speed,
)
from apps.ops.reports.questions import Place, Topic, Topics

HOSTILE = 'What is <b>"R&D"</b> <script>alert(1)</script> & <para>?'
CHINESE = (
    "出差住宿报销标准是多少？请说明一线城市和其他城市的上限，以及超标时由谁审批、如何补交发票。"
)
OWN = Own("EUR", Decimal(6500), Decimal(4), Decimal(220), Decimal("0.31"))
USED = Usage(31, 5000, 143, 9_000_000, 1_000_000)
OFFERS = (
    Offer("An assistant with a name that is much too long for its place", "EUR",
          per_user_month=Decimal(24), source="Price list", checked_on="2026-10-02"),
    Offer("云厂商（按次计费）", "CNY", per_question=Decimal("0.12")),
)  # fmt: skip


def october() -> ReportFigures:
    """All of it."""
    here = own_year(OWN, USED)
    years = [offer_year(one, USED, own=OWN, here=here) for one in OFFERS]
    outcomes = Outcomes(5000, 4500, 400, 40, 10, 20, 30, 410, 37)
    speed = Speed(950, 780, 2100, 3900)
    at = date(2026, 10, 1)
    return ReportFigures(
        month=at, until=date(2026, 10, 31), time_zone="Europe/Berlin", installation="kb.lan",
        program="0.2.0", questions=outcomes, before=outcomes, speed=speed, speed_before=speed,
        stages={"queue": 12, "read": 520, "generate": 1800},
        days=[DayFigures(at.replace(day=n), 10 * n, n, n % 3, 700 + n, 1500 + 9 * n)
              for n in range(1, 32)],
        hours=[[day * hour for hour in range(24)] for day in range(7)],
        surfaces={"portal": 4000, "api": 1000}, kinds={"ask": 5000, "search": 820},
        people=143, people_before=131, tokens_in=9_000_000, tokens_out=1_000_000,
        reasons={"wrong": 9, "outdated": 6},
        knowledge=Knowledge(12480, 241000, [CollectionFigures(1, CHINESE, 3200, 120)], 3, 5, 6, 7),
        machines=[Machine("node-a", 0.2, 0.9, 21e9, 64e9, None, 410e9, 960e9)],
        costs=Costs(OWN, here, years, USED, 3600, 1900, 200, at),
        top=Topics([Topic(HOSTILE, (), 142, 63, 140), Topic(CHINESE, (), 97, 41, 95)], 500, 40, 3),
        missing=Topics([Topic("", ("年假", "结转"), 23, 14, 0, (Place(2, "人事"),))], 50, 27, 3),
        measures=[Measure("HR", "Recall", 0.91, 0.86, 0.95, datetime(2026, 10, 28, tzinfo=UTC))],
    )  # fmt: skip
