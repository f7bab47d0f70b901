"""Where the web server listens, whatever the environment of the one who asks says."""

import os

import pytest

from apps.core import config
from clawdbot_site.supervision import control, places, web_address


@pytest.mark.parametrize(("is_ours", "port"), [(True, 8141), (False, 9000)])
def test_the_port_is_that_of_the_server_that_runs(home, monkeypatch, is_ours, port):
    pid = os.getpid() if is_ours else 1
    places.make_folders(config.load())
    monkeypatch.setenv("CLAWDBOT_SERVICE__PORT", "8141")
    config.load.cache_clear()
    web_address.note(config.load())

    monkeypatch.setenv("CLAWDBOT_SERVICE__PORT", "9000")
    config.load.cache_clear()
    monkeypatch.setattr(
        control, "states", lambda _: [control.ProcessState("web", "RUNNING", pid, 5)]
    )

    assert web_address.in_force(config.load()).service.port == port
