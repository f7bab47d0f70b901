"""A web application of three addresses, for gunicorn under the settings of clawdbot_site."""

import os
import time
from pathlib import Path

import django

from apps.core import draining

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clawdbot_site.settings")
django.setup()
GO = Path(os.environ["CLAWDBOT_HOME"]) / "go"


def application(environ, start_response):
    """/readyz as the product's; /slow ends when the file `go` is there; the rest is quick."""
    if environ["PATH_INFO"] == "/readyz":
        draining.note_poll(environ.get("HTTP_USER_AGENT", ""))
    while environ["PATH_INFO"] == "/slow" and not GO.exists():
        GO.with_name("begun").touch()
        time.sleep(0.05)
    says_no = environ["PATH_INFO"] == "/readyz" and draining.is_draining()
    start_response("503 Draining" if says_no else "200 OK", [("Content-Length", "2")])
    return [b"ok"]
