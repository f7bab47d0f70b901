"""Opens a meter for each request and closes it when the last byte has left, or the client."""

from collections.abc import Callable, Iterator
from typing import Any, cast

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse

from apps.core import metering
from apps.core.metering import Meter
from apps.ops.ledger.recording import entry_of
from apps.ops.ledger.tracing import trace_send
from apps.ops.ledger.writing import writer

BROKEN = 500, "internal_error"


class RequestLedger:
    """Middleware. Costs some microseconds; what it writes is written elsewhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The meter stays the thread's until its next request: streams outlive this call."""
        meter = metering.open_meter()
        response = self._get_response(request)
        if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
            _Watched(request, cast(StreamingHttpResponse, response), meter)
        else:
            _close(request, response, meter, is_whole=True)
        return response


class _Watched:
    """A response that is not over when it is returned. The server closes each, whole or not."""

    def __init__(self, request: HttpRequest, response: StreamingHttpResponse, meter: Meter) -> None:
        self._request, self._response, self._meter = request, response, meter
        self._is_whole = self._is_left = self._is_closed = self._is_begun = False
        response.streaming_content = self._read(cast(Iterator[Any], response.streaming_content))
        response._resource_closers.append(self._end)  # type: ignore[attr-defined]

    def _read(self, content: Iterator[Any]) -> Iterator[Any]:
        self._is_begun = True
        try:
            yield from content
        except GeneratorExit:
            self._is_left = True
            raise
        self._is_whole = True

    def _end(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            if self._is_begun and not (self._is_whole or self._is_left) and not self._meter.status:
                self._meter.status, self._meter.code = BROKEN  # nobody told what it was
            _close(self._request, self._response, self._meter, is_whole=self._is_whole)


def _close(
    request: HttpRequest,
    response: HttpResponse | StreamingHttpResponse,
    meter: Meter,
    *,
    is_whole: bool,
) -> None:
    entry = entry_of(request, response, meter, is_whole=is_whole)
    metering.close_meter()
    if entry is not None:
        writer.note(entry)
        trace_send(entry.record, meter, path=request.path_info)
