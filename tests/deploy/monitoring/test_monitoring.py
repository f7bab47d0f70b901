"""What we ship for Prometheus and Grafana is right by their own tools, and about what we expose."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from apps.core import clock, machine
from apps.core.nodes import node_name
from apps.core.traffic.rooms import room
from apps.ops.ledger import gauges, rolling
from apps.ops.metrics import exposition
from apps.ops.models import Backup
from apps.serving import gpus
from tests.apps.ops.ledger.entries import entry, write
from tests.installation import ROOT
from tests.node_rows import told
from tests.services import program

FOLDER = ROOT / "deploy" / "monitoring"
RULES = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"][0]["rules"]
BOARD = json.loads((FOLDER / "grafana-dashboard.json").read_text())
SHOWN = [target["expr"] for panel in BOARD["panels"] for target in panel.get("targets", [])]
VARIABLES = {"$__rate_interval": "5m", "$instance": ".*"}


def promtool(*arguments, cwd=FOLDER, **options):
    return subprocess.run(
        [program("promtool", package="prometheus"), *arguments],
        cwd=cwd, capture_output=True, text=True, timeout=60, check=False, **options,
    )  # fmt: skip


def with_values(expression):
    """As Grafana asks it."""
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    return expression


@pytest.fixture
def exposed(db, monkeypatch):
    """What Prometheus reads of a node with a GPU, after a request and a backup."""
    monkeypatch.setattr(gpus, "found", lambda: (gpus.Gpu("A", 100, 40),))
    figures = machine.measured("indexer") | {"cpu": 0.5, "memory_bytes": 7, "load": 0.1}
    told(node_name(), kind="indexer", figures=figures | gauges.gpu_figures())
    Backup.objects.create(place="/b", state=Backup.State.DONE, finished_at=clock.now())
    write(entry(node=node_name(), read_ms=3.0))
    rolling.roll_up()
    room()
    return exposition().decode()


def test_rules_and_configuration_are_right(tmp_path):
    (tmp_path / "token").write_text("x")
    text = (FOLDER / "prometheus.yml").read_text()
    (tmp_path / "prometheus.yml").write_text(
        text.replace("/etc/prometheus/clawdbot-token", str(tmp_path / "token"))
    )
    shutil.copy(FOLDER / "alerts.yml", tmp_path)

    checked = promtool("check", "config", "prometheus.yml", cwd=tmp_path)

    assert checked.returncode == 0, checked.stderr


def test_alerts_are_raised_when_they_should_be(tmp_path):
    shutil.copy(FOLDER / "alerts.yml", tmp_path)
    shutil.copy(Path(__file__).with_name("alerts_test.yml"), tmp_path)

    tried = promtool("test", "rules", "alerts_test.yml", cwd=tmp_path)

    assert tried.returncode == 0, tried.stderr


def test_each_panel_asks_something_that_prometheus_understands(tmp_path):
    rules = [
        {"record": f"panel:{number}", "expr": with_values(expression)}
        for number, expression in enumerate(SHOWN)
    ]
    asked = {"groups": [{"name": "panels", "rules": rules}]}
    (tmp_path / "panels.yml").write_text(yaml.safe_dump(asked))

    checked = promtool("check", "rules", "panels.yml", cwd=tmp_path)

    assert checked.returncode == 0, checked.stderr


def test_every_metric_that_is_asked_for_is_exposed(exposed):
    families = text_string_to_metric_families(exposed)
    there = {sample.name for family in families for sample in family.samples}

    asked = re.findall(r"\bclawdbot_\w+", " ".join([*SHOWN, *(rule["expr"] for rule in RULES)]))

    assert set(asked) - there == set()
    assert len(set(asked)) > 20


def test_the_exposition_is_in_good_form(exposed):
    checked = promtool("check", "metrics", input=exposed)

    assert checked.returncode == 0, checked.stderr
