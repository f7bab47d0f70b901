"""What balancers and Prometheus ask comes by address, whatever `service.allowed_hosts` is."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from apps.api.views.health import healthz, readyz
from apps.api.views.metrics import metrics

PROBES = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}


class Probes:
    """Middleware: answers probes before anything else looks at the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing of a session, a language or a host is asked for."""
        probe = PROBES.get(request.path)
        return probe(request) if probe else self._get_response(request)
