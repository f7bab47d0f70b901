"""Gunicorn's lines in the form that the configuration asks for."""

import json
import logging
from datetime import timedelta
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from clawdbot_site.gunicorn_conf import access_log_format
from clawdbot_site.web_log import WebLog

ENVIRON = {"REQUEST_METHOD": "POST", "PATH_INFO": "/api/v1/ask/", "QUERY_STRING": "q=secret",
           "RAW_URI": "/api/v1/ask/?q=secret", "REMOTE_ADDR": "10.2.3.4",
           "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_USER_AGENT": 'x"y'}  # fmt: skip
RESPONSE = SimpleNamespace(status="200 OK", sent=512, headers=[("X-Request-ID", "an-id-12")])


@pytest.fixture
def line(configured, monkeypatch, capsys):
    """What is written of a request, in that form."""
    for name in ("gunicorn.access", "gunicorn.error"):
        monkeypatch.setattr(logging.getLogger(name), "handlers", [])

    def written(form):
        configured("log", format=form)
        settings = Config()
        settings.set("accesslog", "-")
        settings.set("access_log_format", access_log_format)
        request = SimpleNamespace(headers=[])
        WebLog(settings).access(RESPONSE, request, ENVIRON, timedelta(milliseconds=250))
        return capsys.readouterr().out.strip()

    return written


def test_for_programs_a_request_is_one_object_without_its_query(line):
    told = json.loads(line("json"))

    assert told["message"] == "POST /api/v1/ask/ 200"
    assert (told["request_id"], told["status"], told["bytes"]) == ("an-id-12", 200, 512)
    assert (told["seconds"], told["client"], told["agent"]) == (0.25, "10.2.3.4", 'x"y')
    assert "secret" not in str(told)


def test_for_people_it_is_the_line_it_was(line):
    told = line("text")

    assert '10.2.3.4 "POST /api/v1/ask/" 200 512' in told
    assert "[an-id-12]" in told
