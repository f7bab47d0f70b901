"""One id for a request: in nginx's log, in ours, in the response and in what an error tells."""

import contextvars
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
_NONE = "-"
_current: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default=_NONE)


class RequestIds:
    """Middleware: takes the id that nginx gave, or gives one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Known as `current()` until the thread's next request: streams outlive this call."""
        given = request.headers.get(HEADER, "")
        request_id = given if _TAKEN.fullmatch(given) else uuid.uuid4().hex
        _current.set(request_id)
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


def log_with_ids(level: str) -> None:
    """Write this process's log to stderr, each line with its request's id."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(LOG_FORMAT))
    handler.addFilter(_with_id)
    logging.basicConfig(level=level, handlers=[handler])


def _with_id(record: logging.LogRecord) -> bool:
    record.request_id = _current.get()
    return True
