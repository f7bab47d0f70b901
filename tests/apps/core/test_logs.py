"""Logs for programs: one JSON object a line, with the ids of its request and its trace."""

import json
import logging
import sys

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from apps.core import logs, request_ids

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


def line_of(record, **headers):
    """The record as it is written while a request with such headers is answered."""
    written = []

    def view(request):
        written.append(logs.JsonLines("web").format(record))
        return HttpResponse()

    request_ids.RequestIds(view)(RequestFactory().get("/", headers=headers))
    return json.loads(written[0])


def record(message="done %s", *args, **more):
    made = logging.LogRecord("apps.x", logging.INFO, __file__, 1, message, args or ("é\n",), None)
    made.__dict__.update(more)
    return made


def test_a_line_tells_when_who_and_for_which_request():
    told = line_of(record(), **{"X-Request-ID": "0af7651916cd43dd8448eb211c80319c"})

    assert told["message"] == "done é\n"
    assert (told["level"], told["logger"], told["process"]) == ("INFO", "apps.x", "web")
    assert told["request_id"] == told["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert told["time"].endswith("+00:00")


def test_an_exception_is_part_of_its_line():
    try:
        raise ValueError("a bug")
    except ValueError:
        told = line_of(record(exc_info=sys.exc_info()))

    assert told["exception"].endswith("ValueError: a bug")


@pytest.mark.parametrize(
    ("traceparent", "trace"),
    [(PARENT, TRACE), (f"{PARENT}-more", TRACE), ("", None), ("00-x-y-01", None),
     (f"00-{'0' * 32}-00f067aa0ba902b7-01", None)],
)  # fmt: skip
def test_a_trace_that_a_caller_began_goes_on(traceparent, trace):
    told = line_of(record(), **{"X-Request-ID": "given-id-1", "traceparent": traceparent})

    own = told["trace_id"]
    assert own == trace if trace else (len(own) == 32 and own != TRACE)


def test_outside_of_requests_there_is_no_id():
    request_ids._current.set("-")

    told = json.loads(logs.JsonLines("beat").format(record(more={"seconds": 0.5})))

    assert "request_id" not in told
    assert told["seconds"] == 0.5
