"""One id for a request, wherever it is looked for."""

import logging

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from apps.core import logs, request_ids
from apps.core.refusals import unexpected


def answered(request_id):
    headers = {request_ids.HEADER: request_id} if request_id else {}
    seen = []

    def view(request):
        seen.append(request_ids.current())
        return HttpResponse()

    response = request_ids.RequestIds(view)(RequestFactory().get("/", headers=headers))
    return seen[0], response.headers[request_ids.HEADER]


def test_the_id_that_nginx_gave_is_taken_and_returned():
    assert answered("0af7651916cd43dd8448eb211c80319c") == ("0af7651916cd43dd8448eb211c80319c",) * 2


@pytest.mark.parametrize("given", ["", "short", "a" * 65, 'id"\nforged line', "id with spaces"])
def test_otherwise_one_is_made(given):
    seen, returned = answered(given)

    assert seen == returned != given
    assert len(seen) == 32


def test_an_error_tells_the_id_of_its_request():
    told = []

    def view(request):
        told.append(unexpected(ValueError("a bug")).details["trace_id"])
        return HttpResponse()

    request_ids.RequestIds(view)(RequestFactory().get("/", headers={"X-Request-ID": "known-id-1"}))

    assert told == ["known-id-1"]


def test_each_line_of_the_log_has_the_id(monkeypatch, capsys):
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr(logging.getLogger(), "level", logging.WARNING)
    monkeypatch.setattr(logging, "captureWarnings", lambda _: None)
    logs.begin("web")

    view = request_ids.RequestIds(lambda _: logging.getLogger("x").info("done") or HttpResponse())
    view(RequestFactory().get("/", headers={"X-Request-ID": "known-id-2"}))

    assert "INFO x [known-id-2] done" in capsys.readouterr().err


@pytest.mark.parametrize(("status", "is_logged"), [(500, True), (503, False), (404, False)])
def test_refusals_are_in_the_access_log_only(status, is_logged, caplog):
    logging.getLogger("django.request").error("x", extra={"status_code": status})

    assert bool(caplog.records) is is_logged


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/nothing/"])
def test_every_response_has_an_id(path, db):
    assert len(Client().get(path).headers["X-Request-ID"]) == 32
