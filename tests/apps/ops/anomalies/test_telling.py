"""Anomalies are told by webhook and mail, signed, again until they arrive, nowhere else."""

import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from apps.core import clock, mail
from apps.core.errors import Retryable
from apps.ops.anomalies.kinds import Deed, Outcome
from apps.ops.anomalies.telling import PAUSES_MIN, messages_send, signature
from apps.ops.models import AnomalyDeed
from tests.apps.ops.anomalies.test_anomalies import reported

pytestmark = pytest.mark.django_db
SECRET = "a-secret-of-the-siem"


class Siem(BaseHTTPRequestHandler):
    """Keeps what it is sent; answers as it was told to."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        self.send_response(self.server.answers)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def siem(configured) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Siem)
    server.got, server.answers = [], 204
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/hook"
    configured("anomalies", webhook_url=address, webhook_secret=SECRET)
    yield server
    server.shutdown()
    server.server_close()


def test_a_webhook_is_told_once_with_a_signature_that_can_be_checked(siem):
    row = reported()

    assert (messages_send(), messages_send()) == (1, 0)
    ((path, headers, body),) = siem.got
    told = json.loads(body)
    assert (path, told["id"], told["severity"]) == ("/hook", str(row.uuid), "medium")
    assert headers["X-Clawdbot-Signature"] == signature(
        SECRET, headers["X-Clawdbot-Timestamp"], body
    )


def test_a_webhook_that_fails_is_tried_again_later_and_given_up_in_the_end(siem):
    siem.answers = 503
    row = reported()
    for _ in range(len(PAUSES_MIN) + 2):
        messages_send()
        AnomalyDeed.objects.update(next_at=clock.now() - timedelta(seconds=1))

    deed = row.deeds.get()
    assert (len(siem.got), deed.outcome) == (len(PAUSES_MIN), Outcome.FAILED)
    assert "503" in deed.note


def test_a_redirect_is_not_followed(siem):
    siem.answers = 302
    reported()

    messages_send()

    assert [path for path, _headers, _body in siem.got] == ["/hook"]


def test_administrators_are_told_by_mail(configured, monkeypatch):
    sent = []
    monkeypatch.setattr(mail, "send", lambda **what: sent.append(what) or [])
    configured("mail", host="127.0.0.1", sender="kb@x.lan")
    configured("anomalies", mail_to=["it@x.lan"])
    row = reported()

    messages_send()

    assert (sent[0]["to"], row.deeds.get().outcome) == (["it@x.lan"], Outcome.DONE)
    assert "90 different documents" in sent[0]["text"]


def test_mail_that_cannot_be_sent_now_waits(configured, monkeypatch):
    def away(**_what):
        raise Retryable("away")

    monkeypatch.setattr(mail, "send", away)
    configured("mail", host="127.0.0.1", sender="kb@x.lan")
    configured("anomalies", mail_to=["it@x.lan"])
    row = reported()

    messages_send()

    deed = row.deeds.get()
    assert (deed.deed, deed.outcome, deed.attempts) == (Deed.MAIL, Outcome.WAITING, 1)


@pytest.mark.parametrize("address", ["http://[::", "http://a..lan/hook"])
def test_an_address_that_is_none_holds_up_nobody_and_is_given_up(configured, address):
    configured("anomalies", webhook_url=address, webhook_secret=SECRET)
    row = reported()

    messages_send()

    deed = row.deeds.get()
    assert (deed.outcome, deed.attempts) == (Outcome.WAITING, 1)
    assert deed.note


def test_who_got_the_mail_does_not_get_it_again_because_another_address_is_refused(
    configured, monkeypatch
):
    sent = []
    monkeypatch.setattr(mail, "send", lambda **what: sent.append(what) or ["gone@x.lan"])
    configured("mail", host="127.0.0.1", sender="kb@x.lan")
    configured("anomalies", mail_to=["it@x.lan", "gone@x.lan"])
    row = reported()
    for _ in range(2):
        messages_send()
        AnomalyDeed.objects.update(next_at=clock.now() - timedelta(seconds=1))

    assert (len(sent), row.deeds.get().outcome) == (1, Outcome.FAILED)
    assert "gone@x.lan" in row.deeds.get().note
