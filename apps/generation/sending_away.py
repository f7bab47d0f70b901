"""What somebody is told who may not ask now: which limit, and when to come back."""

import math
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from apps.core.errors import Overloaded
from apps.core.traffic.protocols import Limited, Refused, Rule

LIMITS: dict[Limited, tuple[Any, Any]] = {
    Limited.REQUESTS: (
        ngettext_lazy(
            "You may ask %(most)s question a minute.",
            "You may ask %(most)s questions a minute.",
            "count",
        ),
        ngettext_lazy(
            "This API key may ask %(most)s question a minute.",
            "This API key may ask %(most)s questions a minute.",
            "count",
        ),
    ),
    Limited.TOKENS: (
        ngettext_lazy(
            "You may use %(most)s token a minute.",
            "You may use %(most)s tokens a minute.",
            "count",
        ),
        ngettext_lazy(
            "This API key may use %(most)s token a minute.",
            "This API key may use %(most)s tokens a minute.",
            "count",
        ),
    ),
    Limited.STREAMS: (
        ngettext_lazy(
            "You may have %(most)s answer written at one time.",
            "You may have %(most)s answers written at one time.",
            "count",
        ),
        ngettext_lazy(
            "This API key may have %(most)s answer written at one time.",
            "This API key may have %(most)s answers written at one time.",
            "count",
        ),
    ),
    Limited.DAY: (
        ngettext_lazy(
            "You may ask %(most)s question a day.",
            "You may ask %(most)s questions a day.",
            "count",
        ),
        ngettext_lazy(
            "This API key may ask %(most)s question a day.",
            "This API key may ask %(most)s questions a day.",
            "count",
        ),
    ),
}


def overloaded(refused: Refused) -> Overloaded:
    """The refusal in words, with the seconds to wait; `code` tells a limit from a crowd."""
    if refused.rule is None:
        wait_s = max(1, math.ceil(refused.retry_after_s))
        told = _("Too many questions are being answered just now.")
        return Overloaded(
            f"{told} {_again(wait_s)}",
            retry_after_s=wait_s,
            details={"reason": told, "retry_after_s": wait_s},
        )
    wait_s = max(1, math.ceil(refused.retry_after_s))
    told = _reached(refused.rule)
    return Overloaded(
        f"{told} {_again(wait_s)}",
        retry_after_s=wait_s,
        code="quota_exceeded" if refused.rule.limited is Limited.DAY else "rate_limited",
        details={
            "reason": told,
            "limit": refused.rule.limited,
            "most": refused.rule.most,
            "retry_after_s": wait_s,
        },
    )


def _reached(rule: Rule) -> str:
    of_user, of_key = LIMITS[rule.limited]
    words = of_key if rule.subject.startswith("key:") else of_user
    return str(words % {"count": rule.most, "most": f"{rule.most:,}"})


def _again(wait_s: int) -> str:
    if wait_s < 120:
        said = ngettext("Ask again in %(n)d second.", "Ask again in %(n)d seconds.", wait_s)
        return said % {"n": wait_s}
    if wait_s < 7200:
        return _("Ask again in %(n)d minutes.") % {"n": math.ceil(wait_s / 60)}
    return _("Ask again in %(n)d hours.") % {"n": math.ceil(wait_s / 3600)}
