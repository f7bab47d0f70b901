"""What an anomaly's evidence says, as a sentence for people."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.ops.anomalies.kinds import Rule

Figures = Mapping[str, Any]


def sentence(rule: Rule, figures: Figures) -> str:
    """In the language that is active; what a later version found is told by its figures."""
    try:
        return SENTENCES[rule](figures)
    except (KeyError, TypeError, ValueError):
        return ", ".join(f"{name}: {value}" for name, value in figures.items())


def advice(rule: Rule) -> str:
    """What to look at first."""
    return str(ADVICE[rule]())


def _enumeration(f: Figures) -> str:
    if f["span"] == "day":
        return _(
            "Opened %(documents)s different documents in a day; up to %(usual)s would be usual."
        ) % dict(f)
    return _(
        "Opened %(documents)s different documents in an hour; up to %(usual)s would be usual."
    ) % dict(f)


def _scraping(f: Figures) -> str:
    if "every_s" in f:
        return _(
            "The last %(requests)s requests came every %(every_s)s seconds, as evenly as a machine"
            " sends them."
        ) % dict(f)
    if "active" in f:
        return _(
            "%(requests)s requests in an hour, in %(active)s of its minutes: people pause more."
        ) % dict(f)
    return _("%(requests)s requests in an hour; up to %(usual)s would be usual.") % dict(f)


def _share(f: Figures, words: str) -> str:
    shares = {"share": round(100 * f["share"]), "usual": round(100 * f["usual"], 1)}
    return words % {**f, **shares}


def _errors(f: Figures) -> str:
    return _share(
        f,
        _(
            "%(seen)s of %(among)s requests of %(span)s minutes failed (%(share)s%%);"
            " usually %(usual)s%%."
        ),
    )


def _refusals(f: Figures) -> str:
    return _share(
        f,
        _(
            "%(seen)s of %(among)s requests of %(span)s minutes were refused (%(share)s%%);"
            " usually %(usual)s%%."
        ),
    )


def _not_found(f: Figures) -> str:
    return _share(
        f,
        _(
            "%(seen)s of %(among)s questions of %(span)s minutes found nothing (%(share)s%%);"
            " usually %(usual)s%%."
        ),
    )


def _latency(f: Figures) -> str:
    return _(
        "Half of the requests took more than %(seen_ms)s ms; at this hour usually %(usual_ms)s ms."
    ) % dict(f)


def _network(f: Figures) -> str:
    return _("Used from %(network)s, where it never was; known: %(known)s.") % dict(f)


def _denials(f: Figures) -> str:
    return _(
        "Denied %(denied)s times in an hour, %(different)s different things; before that"
        " %(usual)s times at most."
    ) % dict(f)


def _injection(f: Figures) -> str:
    return _(
        "%(attempts)s questions in a day try to overrule the instructions; usually %(usual)s."
    ) % dict(f)


def _hours(f: Figures) -> str:
    return _(
        "%(requests)s requests in the hour from %(hour)s:00; usually active from %(usual_from)s:00"
        " to %(usual_until)s:00."
    ) % dict(f)


SENTENCES: Mapping[Rule, Callable[[Figures], str]] = {
    Rule.BULK_ENUMERATION: _enumeration,
    Rule.SCRAPING: _scraping,
    Rule.ERROR_SPIKE: _errors,
    Rule.REFUSAL_SPIKE: _refusals,
    Rule.NOT_FOUND_SPIKE: _not_found,
    Rule.LATENCY_SHIFT: _latency,
    Rule.KEY_NETWORK: _network,
    Rule.DENIALS: _denials,
    Rule.INJECTION: _injection,
    Rule.UNUSUAL_HOURS: _hours,
}
ADVICE: Mapping[Rule, Callable[[], str]] = {
    Rule.BULK_ENUMERATION: lambda: _(
        "Ask whether a large task is the reason; otherwise suspend the account or revoke the key."
    ),
    Rule.SCRAPING: lambda: _("A program should use an API key with limits of its own. Ask."),
    Rule.ERROR_SPIKE: lambda: _("Look at the home page and the logs: something does not work."),
    Rule.REFUSAL_SPIKE: lambda: _(
        "Look at the queue and the limits: more is asked than may be answered."
    ),
    Rule.NOT_FOUND_SPIKE: lambda: _(
        "Look at the index and at what was deleted or denied of late: answers used to be found."
    ),
    Rule.LATENCY_SHIFT: lambda: _("Look at the dashboard: which stage is slow, on which node?"),
    Rule.KEY_NETWORK: lambda: _("If nobody moved the program that uses it, revoke the key."),
    Rule.DENIALS: lambda: _("Somebody tries doors, or a program lacks a right. See what it was."),
    Rule.INJECTION: lambda: _(
        "Rights and citations hold whatever a question says. Talk to who asks so."
    ),
    Rule.UNUSUAL_HOURS: lambda: _("Ask whether it was them; otherwise suspend the account."),
}  # fmt: skip
