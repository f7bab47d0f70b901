"""What stands on the page, in order: cards with figures, charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.ops.dashboard.asked import Asked

NO_REQUESTS = _("No requests in this span.")
NOT_MEASURED = _("Nothing was measured in this span.")


@dataclass(frozen=True, slots=True)
class Card:
    """A figure of the whole span. `address`: what it is made of; empty: nothing to look at."""

    name: str
    title: Any
    icon: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class ChartPlace:
    """Where the script draws a chart. `note`: how to read it; `empty`: shown without values."""

    name: str
    title: Any
    note: Any = ""
    empty: Any = NOT_MEASURED
    is_tall: bool = False


REQUEST_CHARTS = (
    ChartPlace("outcomes", _("What became of requests"), empty=NO_REQUESTS, is_tall=True),
    ChartPlace(
        "times",
        _("Response time"),
        _("Of requests that were answered, not found or done."),
        NO_REQUESTS,
        is_tall=True,
    ),
)
OTHER_CHARTS = (
    ChartPlace("tokens", _("Tokens of language models"), empty=_("No language model was used.")),
    ChartPlace("thumbs", _("Verdicts on answers"), empty=_("No verdicts in this span.")),
)
QUEUE_CHARTS = (
    ChartPlace("queue", _("Jobs"), empty=_("No job waited or ran.")),
    ChartPlace("age", _("The oldest waiting job"), empty=_("No job had to wait.")),
    ChartPlace("rate", _("Jobs done an hour"), empty=_("No job was done.")),
)
MACHINE_CHARTS = (
    ChartPlace("cpu", _("Processor"), _("One core is 100%.")),
    ChartPlace("memory", _("Memory")),
    ChartPlace("load", _("Load of the machine"), _("All of its cores are 100%.")),
    ChartPlace("used", _("Memory of the machine"), _("What is in use of all of it.")),
    ChartPlace("gpu", _("Graphics cards")),
    ChartPlace("gpu-used", _("Memory of the graphics cards")),
    ChartPlace("disk", _("Free disk")),
    ChartPlace(
        "lag",
        _("Changes that the index lacks"),
        empty=_("The index was never behind."),
    ),
)


def cards(view: Asked, *, may_see_requests: bool) -> Sequence[Card]:
    """The figures above the charts, each leading to its requests where one may see them."""
    page = reverse("admin_requests")

    def to(outcome: str) -> str:
        return view.address(page, outcome=outcome) if may_see_requests else ""

    verdicts = reverse("admin:generation_feedback_changelist") if may_see_requests else ""
    return (
        Card("asked", _("Requests"), "forum", to("")),
        Card("success", _("Success rate"), "task_alt", to("failed")),
        Card("answered", _("Answered"), "fact_check", to("not_found")),
        Card("refused", pgettext_lazy("requests", "Refused"), "front_hand", to("refused")),
        Card("time", _("Typical time"), "timer"),
        Card("tokens", _("Tokens"), "data_usage"),
        Card("thumbs", _("Helpful"), "thumbs_up_down", verdicts),
    )
