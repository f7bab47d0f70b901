"""What load balancers and supervisors ask: is the process up, can it answer questions."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.api.readiness import readiness
from apps.core import draining
from apps.core.nodes import node_name
from apps.core.version import VERSION


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers at all; touches nothing else."""
    return JsonResponse({"ok": True})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when questions can be answered, else 503; the checks say what is missing."""
    draining.note_poll(request.headers.get("User-Agent", ""))
    state = readiness()
    body = {"ready": state.is_ready, "node": node_name(), "version": VERSION}
    return JsonResponse(body | {"checks": state.checks}, status=200 if state.is_ready else 503)
