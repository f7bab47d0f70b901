"""What `clawdbot doctor` looks at of the machine."""

import pytest

from apps.core import config
from clawdbot_site.installation.machine_checks import machine_findings
from clawdbot_site.supervision import control


def checks_on(platform):
    configuration = config.load()
    node = configuration.node.model_copy(update={"platform": platform})
    return {one.check for one in machine_findings(configuration.model_copy(update={"node": node}))}


def test_in_containers_nobody_misses_the_supervisor(monkeypatch):
    monkeypatch.setattr(control, "is_running", lambda _configuration: False)

    assert {"processes", "secrets"} <= checks_on("supervisor")
    assert not {"processes", "secrets", "port"} & checks_on("compose")


@pytest.mark.parametrize(("mode", "remedy"), [(0o700, ""), (0o750, ""), (0o755, "chmod 700 ")])
def test_a_folder_that_everybody_can_read_is_told(home, monkeypatch, mode, remedy):
    monkeypatch.setattr(control, "is_running", lambda _configuration: False)
    (home / "data").mkdir()
    (home / "data").chmod(mode)

    found = {one.check: one for one in machine_findings(config.load())}["data folder"]

    assert remedy in found.remedy
    assert found.is_fine != bool(remedy)
