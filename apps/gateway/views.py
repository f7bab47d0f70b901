"""What the views of all protocols share: keys, any JSON, errors in the protocol's own shape."""

from collections.abc import Iterator
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, set_rollback

from apps.core.errors import ClawdbotError
from apps.core.refusals import retry_after_s, told
from apps.gateway import knowing, names, talking
from apps.gateway.asked import Asked, Event
from apps.gateway.bodies import AnyJson
from apps.gateway.keys import Asker, GatewayKey
from apps.gateway.names import Knowledge, Talker
from apps.gateway.streaming import ClientGone
from apps.generation.admission import Caller, limit_headers

CLIENT_GONE = 499  # nginx's number; nobody reads it


class AnyAccept(DefaultContentNegotiation):
    """JSON, or the protocol's stream, whatever the Accept header says."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The first renderer."""
        first = next(iter(renderers))
        return first, str(first.media_type)


class GatewayView(APIView):
    """A view of one protocol, which says how errors look there."""

    schema = None
    authentication_classes = [GatewayKey]
    parser_classes = [AnyJson]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = AnyAccept
    caller: Caller | None = None

    def error_body(self, error: ClawdbotError) -> tuple[dict[str, Any], int]:
        """The error object of the protocol, and the status under which it is sent."""
        raise NotImplementedError

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Once it is let in, it is known who calls."""
        super().initial(request, *args, **kwargs)
        self.caller = self.asker().caller

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """With what is left of the caller's limits, where something was asked for."""
        finished = super().finalize_response(request, response, *args, **kwargs)
        if self.caller is not None and request.method == "POST":
            for name, value in limit_headers(self.caller).items():
                finished[name] = value
        return finished

    def handle_exception(self, exc: Exception) -> Response:
        """The answer to any exception of the view. A bug is logged and told by its id only."""
        set_rollback()
        if isinstance(exc, ClientGone):
            return Response(status=CLIENT_GONE)
        error = told(exc)
        body, status = self.error_body(error)
        return Response(body, status=status, headers=self._headers(exc, status))

    def asker(self) -> Asker:
        """Who calls."""
        return Asker.of(self.request)

    def events(self, asked: Asked) -> Iterator[Event]:
        """The reply to it, from documents or from a model, as the model's name says.

        Raises at the call what can be known without waiting.
        """
        asker = self.asker()
        meant = names.meant(asked.model, asker.user)
        if isinstance(meant, Knowledge):
            return knowing.replied(asked, meant, asker)
        return talking.replied(asked, meant, asker)

    def prepared(self, model: str) -> None:
        """See that the model is loaded, or being loaded. Raises NotFound, Retryable."""
        meant = names.meant(model, self.asker().user)
        if isinstance(meant, Talker):
            talking.target_of(meant.name)

    def _headers(self, error: Exception, status: int) -> dict[str, str]:
        if (wait_s := retry_after_s(error)) is not None:
            return {"Retry-After": str(wait_s)}
        if status == 401:
            return {"WWW-Authenticate": self.get_authenticate_header(self.request) or ""}
        return {}
