"""The watch in a namespace of its own: real packets, real processes."""

import json
import os
import subprocess
import sys

import pytest

from apps.core.config import Config
from apps.core.errors import Conflict
from clawdbot_site.airgap import namespace, scratch
from tests.installation import ROOT

# `trial.run` replaced: this is about who is caught, not about what is done.
WATCHED = """
import json, pathlib, subprocess, sys
from clawdbot_site.airgap import inside, trial
def run(home, environment, tell, idle_s):
    subprocess.run([sys.executable, "-P", "-c", {code!r}], env=dict(environment))
    return trial.Trial()
trial.run = run
print(json.dumps(inside.main(pathlib.Path("/tmp"), 0)))
"""
TELLS = "import socket; s = socket.socket(); s.settimeout(0.3); s.connect_ex(('192.0.2.9', 4711))"


def watched(code):
    try:
        prefix = namespace.prefix()
    except Conflict as refusal:
        is_promised = os.environ.get("CI") and os.path.exists("/dev/net/tun")  # else of the kernel
        (pytest.fail if is_promised else pytest.skip)(refusal.message)
    ended = subprocess.run(
        [*prefix, sys.executable, "-P", "-c", WATCHED.format(code=code)],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT), "HTTPS_PROXY": "http://127.0.0.1:9"},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return json.loads(ended.stdout.splitlines()[-1])


def test_who_tries_to_leave_is_told_with_where_to():
    told = watched(TELLS)

    assert told["is_watching"]
    (left,) = told["left"]
    assert (left["address"], left["port"], left["protocol"]) == ("192.0.2.9", 4711, "TCP")
    assert left["process"].startswith("python")


def test_a_quiet_program_leaves_nothing():
    assert watched("pass")["left"] == []


def test_who_may_make_no_namespace_is_told_what_to_do(monkeypatch):
    monkeypatch.setattr(namespace, "_works", lambda _way: False)

    with pytest.raises(Conflict, match="as root"):
        namespace.prefix()


def test_what_leads_out_on_purpose_is_left_out_and_named(tmp_path):
    outside = Config(database={"url": "postgresql://u:secret@db.example/kb"}, retrieval={"read": 7})

    scratch.write(tmp_path, outside)

    text = (tmp_path / "clawdbot.yaml").read_text()
    assert "read: 7" in text
    assert "db.example" not in text
    assert scratch.left_out(outside) == ["database.url"]
