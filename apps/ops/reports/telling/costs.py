"""What a year costs here, and what clouds would ask for the same."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.ops.reports import charts
from apps.ops.reports.blocks import Block, Bullets, Chart, Column, Section, Table, Text
from apps.ops.reports.charts import Bar
from apps.ops.reports.costs import OfferYear
from apps.ops.reports.figures import Costs, ReportFigures
from apps.ops.reports.telling import words

OWN_PARTS = {
    "hardware": gettext_lazy("Machines"),
    "power": gettext_lazy("Power"),
    "work": gettext_lazy("Hours of work"),
    "other": gettext_lazy("Other costs"),
}
PRICES = (
    ("tokens_in", gettext_lazy("Tokens read")),
    ("tokens_out", gettext_lazy("Tokens written")),
    ("questions", gettext_lazy("Questions")),
    ("people", gettext_lazy("People")),
    ("flat", gettext_lazy("Flat")),
)


def costs(figures: ReportFigures) -> Section:
    """Both sides, and everything that was assumed."""
    found = figures.costs
    blocks: list[Block] = []
    if found.here.total is None:
        blocks.append(
            Text(_("Nobody has entered yet what this installation costs: Own costs, in the "
                   "administration."), "notice")
        )  # fmt: skip
    else:
        blocks.append(_own(found))
    if not found.offers:
        blocks.append(
            Text(_("There is nothing to compare with: no prices of a cloud have been entered "
                   "(Cloud prices, in the administration). None are shipped, as they change."),
                 "notice")
        )  # fmt: skip
    else:
        blocks += _comparison(found)
    if found.here.total is not None or found.offers:
        blocks.append(Bullets(_assumptions(found), _("Stated assumptions")))
    return Section("costs", _("What a year costs"), blocks)


def cheapest(found: Costs) -> OfferYear | None:
    """The offer that would cost least, of those that can be compared."""
    return next((one for one in found.offers if one.saving is not None), None)


def difference(found: Costs) -> str:
    """How the cheapest offer compares with the own year; empty without one."""
    best = cheapest(found)
    if best is None:
        return ""
    return f"{best.offer.name}: {_saving(best.saving, found.own.currency)}"


def _own(found: Costs) -> Table:
    currency, here = found.own.currency, found.here
    rows = [
        [str(OWN_PARTS[name]), _how(name, found), words.amount(part, currency)]
        for name, part in here.parts.items()
    ]
    rows.append([_("A year here"), "", words.amount(here.total, currency)])
    columns = [Column(_("Here"), 1.4), Column(_("Reckoned from"), 3.6),
               Column(_("A year"), 1.4, is_number=True)]  # fmt: skip
    return Table(columns, rows, _("What this installation costs"), has_total=True)


def _how(name: str, found: Costs) -> str:
    own, currency = found.own, found.own.currency
    if name == "hardware":
        return _("%(price)s over %(years)s years") % {
            "price": words.amount(own.hardware, currency), "years": _plain(own.years),
        }  # fmt: skip
    if name == "power":
        return _("%(watts)s W day and night at %(price)s per kWh") % {
            "watts": _plain(own.power_w), "price": f"{_plain(own.per_kwh)} {currency}",
        }  # fmt: skip
    if name == "work":
        return _("%(hours)s hours per month at %(price)s") % {
            "hours": _plain(own.hours_month), "price": words.amount(own.per_hour, currency),
        }  # fmt: skip
    return _("%(price)s per month") % {"price": words.amount(own.per_month, currency)}


def _comparison(found: Costs) -> list[Block]:
    currency = found.own.currency
    here = found.here.total
    rows = [] if here is None else [Bar(_("Here"), float(here), words.amount(here, currency))]
    rows += [
        Bar(one.offer.name, float(one.own_total), words.amount(one.own_total, currency), "quiet")
        for one in found.offers
        if one.own_total is not None
    ]
    blocks: list[Block] = []
    if len(rows) > 1:
        told = words.listed([f"{row.name} {row.text}" for row in rows])
        blocks.append(Chart(_("Annual cost"), charts.bars(rows, label=told)))
    return [*blocks, _years(found), _parts(found)]


def _years(found: Costs) -> Table:
    here, currency = found.here, found.own.currency
    rows = []
    if here.total is not None:
        rows.append([_("Here"), words.amount(here.total, currency),
                     words.small_amount(here.per_question, currency), "", ""])  # fmt: skip
    for one in found.offers:
        rows.append(
            [
                one.offer.name,
                words.amount(one.total, one.offer.currency),
                words.small_amount(one.per_question, one.offer.currency),
                _saving(one.saving, currency),
                _months(one.pays_back_months),
            ]
        )
    columns = [Column(_("Offer"), 2.2), Column(_("A year"), 1.5, is_number=True),
               Column(_("A question"), 1.4, is_number=True),
               Column(_("Compared with here"), 2, is_number=True),
               Column(_("Machines pay back"), 1.6, is_number=True)]  # fmt: skip
    return Table(columns, rows, _("Here and by the prices of clouds"))


def _parts(found: Costs) -> Table:
    rows = [
        [one.offer.name, *(words.amount(one.parts.get(name), "") for name, _told in PRICES),
         one.offer.currency]
        for one in found.offers
    ]  # fmt: skip
    columns = [
        Column(_("A year by offer"), 2.2),
        *(Column(str(told), 1.2, is_number=True) for _name, told in PRICES),
        Column(_("Currency"), 0.9),
    ]
    return Table(columns, rows, _("What the offers are made of"))


def _saving(saving: Decimal | None, currency: str) -> str:
    if saving is None:
        return words.NONE
    told = _("%(amount)s dearer") if saving > 0 else _("%(amount)s cheaper")
    return told % {"amount": words.amount(abs(saving), currency)}


def _months(count: int | None) -> str:
    if count is None:
        return words.NONE
    return ngettext("in %(n)s month", "in %(n)s months", count) % {"n": words.number(count)}


def _assumptions(found: Costs) -> list[str]:
    used = found.usage
    told = [
        _("A year is taken to be like the %(days)s days from %(begin)s on: %(questions)s questions "
          "of %(people)s people.")
        % {"days": words.number(used.days), "begin": words.day_name(found.covered_from),
           "questions": words.number(used.questions), "people": words.count(used.people)},
        _("A cloud would be sent %(read)s tokens and write %(written)s in these days.")
        % {"read": words.number(used.tokens_in), "written": words.number(used.tokens_out)},
    ]  # fmt: skip
    if found.estimated:
        told.append(
            _("%(n)s questions were answered here without a language model; for each of them "
              "%(read)s tokens read and %(written)s written are assumed. All others were counted.")
            % {"n": words.number(found.estimated), "read": words.number(found.tokens_in),
               "written": words.number(found.tokens_out)}
        )  # fmt: skip
    if used.people is None:
        told.append(_("How many people asked is not known any more: prices per user are left out."))
    if found.here.total is not None and found.here.missing:
        names = words.listed([str(OWN_PARTS[name]) for name in found.here.missing])
        told.append(_("Not entered, and not counted here: %(names)s.") % {"names": names})
    told += [_offer(one, found.own.currency) for one in found.offers]
    told.append(_("Storage, search and ingest of a cloud are counted only where its prices say."))
    return told


def _offer(one: OfferYear, currency: str) -> str:
    facts: list[str] = []
    if one.offer.source:
        facts.append(one.offer.source)
    if one.offer.checked_on:
        facts.append(_("checked on %(day)s") % {"day": one.offer.checked_on})
    if one.offer.rate is not None and one.offer.currency != currency:
        facts.append(f"1 {one.offer.currency} = {_plain(one.offer.rate)} {currency}")
    if one.own_total is None and one.total is not None:
        facts.append(_("no exchange rate entered: not compared"))
    return f"{one.offer.name}: {'; '.join(facts) or _('entered by the administrator')}."


def _plain(value: Decimal | None) -> str:
    """Without zeros at the end."""
    if value is None:
        return words.NONE
    short = value.normalize()
    return words.number(short, max(0, -int(short.as_tuple().exponent)))
