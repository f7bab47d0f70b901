"""One id for a request: in nginx's log, in ours, in the response and in what an error tells.

And one for the trace that it is part of, which a program that calls us may have begun (W3C Trace
Context); else it is the request's own.
"""

import contextvars
import hashlib
import logging
import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"
# An access log of ours has no queries, like nginx's: they hold what people look for.
ACCESS_FORMAT = f'%(t)s %(h)s "%(m)s %(U)s" %(s)s %(b)s %(L)ss [%({{{HEADER.lower()}}}o)s] "%(a)s"'
_TAKEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
_TRACE_ID = re.compile(r"(?!0{32})[0-9a-f]{32}")
# https://www.w3.org/TR/trace-context/#traceparent-header
_PARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-[0-9a-f]{2}.*"
)
_NONE = "-"
_current: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default=_NONE)
_parent: contextvars.ContextVar[str] = contextvars.ContextVar("traceparent", default="")


class RequestIds:
    """Middleware: takes the id that nginx gave, or gives one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Known as `current()` until the thread's next request: streams outlive this call."""
        given = request.headers.get(HEADER, "")
        request_id = given if _TAKEN.fullmatch(given) else uuid.uuid4().hex
        _current.set(request_id)
        _parent.set(request.headers.get("traceparent", ""))
        response = self._get_response(request)
        response.headers[HEADER] = request_id
        return response


class OnlyBugs(logging.Filter):
    """For Django's log of requests: of refusals (4xx, 503) the access log tells."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the response was a 500."""
        return getattr(record, "status_code", 500) == 500


def current() -> str:
    """The id of the request that this thread answers; empty outside of requests."""
    known = _current.get()
    return "" if known == _NONE else known


def trace() -> tuple[str, str]:
    """The trace (32 hexadecimal digits) that the request is part of, and the span that called us;
    both empty outside of requests, the span where nobody told of one."""
    request_id = current()
    if not request_id:
        return "", ""
    told = _PARENT.fullmatch(_parent.get())
    if told and _TRACE_ID.fullmatch(told["trace"]) and told["span"].strip("0"):
        return told["trace"], told["span"]
    if _TRACE_ID.fullmatch(request_id):
        return request_id, ""
    return hashlib.sha256(request_id.encode()).hexdigest()[:32], ""


def with_ids(record: logging.LogRecord) -> bool:
    """A filter of logging that lets all pass, with the ids of its request."""
    record.request_id = _current.get()
    record.trace_id = trace()[0]
    return True
