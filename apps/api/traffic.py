"""Who asks through the API, in which class; what is left of their limits is told by headers."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import ApiKey
from apps.api.signed_in import user_of
from apps.generation.admission import Caller, Priority, limit_headers


def key_of(request: Request) -> ApiKey | None:
    """The key that the request came with; None for people in the portal or a widget."""
    return request.auth if isinstance(request.auth, ApiKey) else None


def priority_of(request: Request) -> Priority:
    """People wait less gladly than programs."""
    return Priority.API if key_of(request) else Priority.PORTAL


def caller_of(request: Request) -> Caller:
    """Whose limits count."""
    return Caller.of(user_of(request), key_of(request))


class TellsLimits(APIView):
    """Every answer, a refusal too, carries `x-ratelimit-*` of the caller's limits."""

    caller: Caller | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Once it is let in, it is known who calls."""
        super().initial(request, *args, **kwargs)
        self.caller = caller_of(request)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """With the headers."""
        told = super().finalize_response(request, response, *args, **kwargs)
        for name, value in (limit_headers(self.caller) if self.caller else {}).items():
            told[name] = value
        return told
