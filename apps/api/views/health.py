"""What load balancers and supervisors ask: is the process up, can it answer questions."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.api.readiness import readiness


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers at all; touches nothing else."""
    return JsonResponse({"ok": True})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when questions can be answered, else 503; the checks say what is missing."""
    state = readiness()
    return JsonResponse(
        {"ready": state.is_ready, "checks": state.checks}, status=200 if state.is_ready else 503
    )
