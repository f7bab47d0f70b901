"""The page “Requests”: single requests of the ledger, from a chart down to the trace."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from apps.core.adminsite import render_site_page
from apps.core.digits import number_in
from apps.core.metering import Outcome
from apps.ops.dashboard import words
from apps.ops.dashboard.asked import Asked, asked, moment_of
from apps.ops.dashboard.pages import may_see_requests
from apps.ops.dashboard.request_rows import named
from apps.ops.dashboard.sheets import sheet
from apps.ops.ledger.selectors import RowFilter, rows, rows_matching

SHOWN, SHEET_ROWS = 100, 100_000
# What the form has no field for.
KEPT = ("since", "until", "node", "code", "user", "key", "document", "injection")
COLUMNS = (
    "at", "surface", "kind", "outcome", "status", "code", "user_id", "key_id", "network", "node",
    *(f"{stage}_ms" for stage in words.STAGES), "first_token_ms", "total_ms", "tokens_in",
    "tokens_cached", "tokens_out", "engine", "model", "generation", "trace", "collection",
    "document", "is_injection", "request_id",
)  # fmt: skip


def requests_page(request: HttpRequest) -> HttpResponse:
    """For superusers: it shows what people did."""
    view, narrowed = _asked(request)
    before = _number(request.GET.get("before"))
    found = rows(view.window, narrowed, limit=SHOWN + 1, before=before)
    shown = found[:SHOWN]
    query = _query(view, narrowed)
    context = {
        "title": _("Requests"),
        "asked": view,
        "narrowed": narrowed,
        "rows": named(shown),
        "outcomes": words.OUTCOMES.items(),
        "surfaces": words.SURFACES.items(),
        "kinds": words.KINDS.items(),
        "stages": words.STAGES.items(),
        "kept": {name: query[name] for name in KEPT if name in query},
        "ranges": () if view.is_fixed else words.RANGES.items(),
        "at_least_ms": f"{narrowed.at_least_ms:g}" if narrowed.at_least_ms else "",
        "chips": _chips(narrowed, query),
        "dashboard": view.address(reverse("admin_dashboard")),
        "sheet": f"{reverse('admin_requests_sheet')}?{urlencode(query)}",
        "older": f"?{urlencode(query | {'before': shown[-1].pk})}" if len(found) > SHOWN else "",
        "newest": f"?{urlencode(query)}" if before else "",
    }
    return render_site_page(request, "ops/dashboard/requests.html", context)


def requests_sheet(request: HttpRequest) -> StreamingHttpResponse:
    """The requests that the page lists as CSV, newest first, SHEET_ROWS at most."""
    view, narrowed = _asked(request)
    found = rows_matching(view.window, narrowed).order_by("-at", "-id")

    def lines() -> Iterator[Sequence[Any]]:
        for at, *others in found.values_list(*COLUMNS)[:SHEET_ROWS].iterator(chunk_size=2000):
            yield [localtime(at).isoformat(timespec="milliseconds"), *others]

    return sheet(f"clawdbot-requests-{localtime(view.window.since):%Y%m%d-%H%M}", COLUMNS, lines())


def _asked(request: HttpRequest) -> tuple[Asked, RowFilter]:
    if not may_see_requests(request):
        raise PermissionDenied
    query, view = request.GET, asked(request.GET)
    since = moment_of(query.get("since")) if view.is_fixed else None
    until = moment_of(query.get("until")) if view.is_fixed else None
    outcome = query.get("outcome", "")
    narrowed = RowFilter(
        surface=view.surface,
        kind=view.kind,
        node=view.node,
        outcome=outcome if outcome in set(map(str, Outcome)) else "",
        code=query.get("code", "")[:64],
        user=_number(query.get("user")),
        key=_number(query.get("key")),
        since=since,
        until=until,
        at_least_ms=_milliseconds(query.get("at_least_ms")),
        is_injection=True if query.get("injection") else None,
    )
    return view, replace(narrowed, document=_uuid(query.get("document")))


def _query(view: Asked, narrowed: RowFilter) -> dict[str, str]:
    own = {
        "outcome": narrowed.outcome,
        "code": narrowed.code,
        "user": narrowed.user,
        "key": narrowed.key,
        "document": narrowed.document,
        "at_least_ms": narrowed.at_least_ms,
        "injection": "1" if narrowed.is_injection else "",
    }
    span = {}
    if narrowed.since and narrowed.until:
        span = {"since": narrowed.since.isoformat(), "until": narrowed.until.isoformat()}
    return view.query | span | {name: f"{value}" for name, value in own.items() if value}


def _chips(narrowed: RowFilter, query: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the form has no field for, each with the address without it."""
    told = {
        "user": (narrowed.user, _("Only one user")),
        "key": (narrowed.key, _("Only one API key")),
        "document": (narrowed.document, _("Only one document")),
        "code": (narrowed.code, _("Only the error %(code)s") % {"code": narrowed.code}),
        "injection": (narrowed.is_injection, _("Only attempts to overrule the instructions")),
    }
    return [
        (words_, "?" + urlencode({key: one for key, one in query.items() if key != name}))
        for name, (value, words_) in told.items()
        if value
    ]


def _number(text: str | None) -> int | None:
    return number_in(text or "")


def _milliseconds(text: str | None) -> float | None:
    try:
        ms = float(text or "")
    except ValueError:
        return None
    return ms if 0 < ms < 1e9 else None


def _uuid(text: str | None) -> str:
    try:
        return str(UUID(text or ""))
    except ValueError:
        return ""
