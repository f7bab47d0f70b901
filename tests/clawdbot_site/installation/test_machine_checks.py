"""What `clawdbot doctor` looks at of the machine."""

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
