"""The page “Dashboard”, what it asks for while it is open, and its figures as a table."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.adminsite import render_site_page
from apps.core.node_records import NodeProcess
from apps.ops.anomalies.selectors import AnomalySeen, open_anomalies
from apps.ops.dashboard import layout, words
from apps.ops.dashboard.asked import Asked, asked
from apps.ops.dashboard.figures import COUNTS, TIMES, figures, series_of
from apps.ops.dashboard.machine import gauges, standing
from apps.ops.dashboard.sheets import sheet
from apps.ops.ledger.selectors import Latency, queues, resources

PERMISSION = "retrieval.view_nodeindex"
ANOMALIES_SHOWN = 8
# How often the page asks for what is new, by the length of its steps in seconds.
EVERY_S = {60: 5, 300: 15, 900: 30}
SELDOM_S = 60
SPAN = ("range", "since", "until")  # parts of an address


def is_offered(request: HttpRequest) -> bool:
    """Whether the page stands in the navigation."""
    return request.user.has_perm(PERMISSION)


def may_see_requests(request: HttpRequest) -> bool:
    """Single requests tell what people did: superusers only."""
    return bool(request.user.is_active and request.user.is_superuser)


def dashboard_page(request: HttpRequest) -> HttpResponse:
    """For those who see the indexes of the nodes."""
    view = _view(request)
    page, may_see = reverse("admin_dashboard"), may_see_requests(request)
    context = {
        "title": _("Dashboard"),
        "asked": view,
        "span": {name: view.query[name] for name in SPAN if name in view.query},
        "ranges": _ranges(view, page),
        "surfaces": words.SURFACES.items(),
        "kinds": words.KINDS.items(),
        "nodes": _node_names(),
        "sheet": view.address(reverse("admin_dashboard_sheet")),
        "machines_sheet": view.address(reverse("admin_machines_sheet")),
        "cards": layout.cards(view, may_see_requests=may_see),
        "request_charts": layout.REQUEST_CHARTS,
        "other_charts": layout.OTHER_CHARTS,
        "queue_charts": layout.QUEUE_CHARTS,
        "machine_charts": layout.MACHINE_CHARTS,
        "may_see_requests": may_see,
        "first": told(request, view),
        "words": _words(),
        "addresses": _addresses(request),
    }
    return render_site_page(request, "ops/dashboard/page.html", context)


def dashboard_figures(request: HttpRequest) -> HttpResponse:
    """The same figures for the page's script."""
    response = JsonResponse(told(request, _view(request)))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def dashboard_sheet(request: HttpRequest) -> StreamingHttpResponse:
    """The figures of each step as CSV."""
    view = _view(request)
    found = series_of(view)
    stages = [str(stage) for stage in words.STAGES]
    head = [
        "start", "asked", *COUNTS, *(f"total_{name}" for name in TIMES), "first_token_p95_ms",
        *(f"{stage}_{name}" for stage in stages for name in ("mean_ms", "p95_ms")),
    ]  # fmt: skip

    def rows() -> Iterator[Sequence[Any]]:
        for step in found.steps:
            one = step.figures
            times = [latency for stage in stages for latency in _pair(one.stages[stage])]
            total = [getattr(one.total, name) for name in TIMES]
            counts = [getattr(one, name) for name in COUNTS]
            start = localtime(step.start).isoformat()
            yield [start, one.asked, *counts, *total, one.stages["first_token"].p95_ms, *times]

    return sheet(f"clawdbot-figures-{localtime(view.window.since):%Y%m%d-%H%M}", head, rows())


def machines_sheet(request: HttpRequest) -> StreamingHttpResponse:
    """What was measured of machines, processes, queues and indexes as CSV, a line for each step."""
    window = _view(request).window
    head = ["start", "of", "node", "name", "figure", "mean", "least", "most"]

    def rows() -> Iterator[Sequence[Any]]:
        for one in (*resources(window), *queues(window)):
            for point in one.points:
                start = localtime(point.start).isoformat()
                for figure, mean in point.mean.items():
                    ends = point.least[figure], point.most[figure]
                    yield [start, one.of, one.node, one.name, figure, round(mean, 4), *ends]

    return sheet(f"clawdbot-machines-{localtime(window.since):%Y%m%d-%H%M}", head, rows())


def told(request: HttpRequest, view: Asked) -> dict[str, Any]:
    """All that the page shows. A fixed number of queries, however many requests there were."""
    return {
        "figures": figures(view),
        **gauges(view.window),
        **standing(),
        "anomalies": [_anomaly(one, request) for one in open_anomalies(ANOMALIES_SHOWN)],
        "every_s": 0 if _is_past(view) else EVERY_S.get(view.window.step_s, SELDOM_S),
    }


def _view(request: HttpRequest) -> Asked:
    if not is_offered(request):
        raise PermissionDenied
    return asked(request.GET)


def _ranges(view: Asked, page: str) -> list[tuple[str, Any, str]]:
    return [
        (name, word, view.address(page, range=name, since="", until=""))
        for name, word in words.RANGES.items()
    ]


def _is_past(view: Asked) -> bool:
    return view.is_fixed and view.window.until < clock.now()


def _pair(latency: Latency) -> tuple[float | None, float | None]:
    return latency.mean_ms, latency.p95_ms


def _anomaly(one: AnomalySeen, request: HttpRequest) -> dict[str, Any]:
    """Who it is about is for those who may see what people do."""
    is_all = may_see_requests(request)
    return {
        "rule": str(one.rule.label),
        "severity": str(one.severity.label),
        "tone": one.tone,
        "state": str(one.state.label),
        "subject": one.subject if is_all else str(one.subject_kind.label),
        "count": one.count,
        "last_seen": int(one.last_seen.timestamp()),
        "page": one.page if is_all else "",
    }


def _addresses(request: HttpRequest) -> dict[str, str]:
    """Of pages that the script leads to; empty where the user may not go."""
    requests = reverse("admin_requests") if may_see_requests(request) else ""
    return {
        "page": reverse("admin_dashboard"),
        "figures": reverse("admin_dashboard_figures"),
        "sheet": reverse("admin_dashboard_sheet"),
        "requests": requests,
        "nodes": reverse("admin_nodes"),
    }


def _node_names() -> list[str]:
    return sorted(set(NodeProcess.objects.order_by().values_list("node", flat=True)))


def _words() -> dict[str, Any]:
    return {
        "outcomes": words.told(words.OUTCOMES),
        "stages": words.told(words.STAGES),
        "tones": dict(words.TONES),
        "roles": {
            "language": _("Language model"),
            "embedding": _("Finds passages"),
            "reader": _("Reads passages"),
        },
    }
