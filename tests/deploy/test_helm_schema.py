"""The chart against helm's linter, Kubernetes' published schemas and its own schema of values."""

import copy
import json
import runpy

import kubernetes_validate
import pytest
import yaml

from apps.core.version import VERSION
from tests.deploy.charts import (
    CHART,
    EVERYTHING,
    NEEDED,
    NEWEST,
    OLDEST,
    OTHERS_SCHEMAS,
    ROOT,
    helm,
    one,
    rendered,
    setting,
    validate,
)


@pytest.mark.parametrize("values", [NEEDED, EVERYTHING], ids=["least", "everything"])
def test_helm_has_nothing_to_complain_of(values):
    done = helm("lint", "--strict", CHART, *setting(values))

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize("values", [NEEDED, EVERYTHING], ids=["least", "everything"])
def test_every_manifest_is_as_kubernetes_publishes_it(values, version):
    ours = [manifest for manifest in rendered(values) if manifest["kind"] not in OTHERS_SCHEMAS]

    assert len(ours) > 10
    for manifest in ours:
        validate(manifest, version)


def test_the_alerts_are_those_for_prometheus_and_for_who_wants_them():
    rules = one("PrometheusRule", "kb-clawdbot")
    shipped = yaml.safe_load((ROOT / "deploy/monitoring/alerts.yml").read_text())  # promtool: right

    assert rules["spec"] == shipped
    assert rules["metadata"]["labels"]["release"] == "stack"
    assert not {manifest["kind"] for manifest in rendered(NEEDED)} & OTHERS_SCHEMAS


MUTATIONS = {
    "a field that is none": lambda web: web.update(imagePullPolice="Always"),
    "a probe without a port": lambda web: web["readinessProbe"]["httpGet"].pop("port"),
    "a port that is no number": lambda web: web["ports"][0].update(containerPort="http"),
    "a volume mounted nowhere": lambda web: web["volumeMounts"][0].pop("mountPath"),
    "a switch that is a text": lambda web: web["securityContext"].update(runAsNonRoot="yes"),
    "a container without a name": lambda web: web.pop("name"),
}


@pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=MUTATIONS)
@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_the_schemas_find_a_wrong_manifest(mutation, version):
    manifest = copy.deepcopy(one("StatefulSet", "kb-clawdbot-node"))

    mutation(manifest["spec"]["template"]["spec"]["containers"][0])

    with pytest.raises(kubernetes_validate.ValidationError):
        validate(manifest, version)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("config.service.prot=8000", "additional properties 'prot' not allowed"),
        ("config.service.port=99999", "maximum: got 99,999, want 65,535"),
        ("config.nodes.name=a", "additional properties 'nodes' not allowed"),
        ("node.replica=3", "additional properties 'replica' not allowed"),
        ("secrets.secretKey=short", "does not match pattern"),
        ("autoscaling.source=guess", "value must be one of 'cpu', 'prometheus'"),
        ("models[0].name=general", "missing properties 'file', 'volume', 'resources'"),
    ],
)
def test_values_that_are_none_are_refused_before_anything_is_installed(value, told):
    done = helm("template", "kb", CHART, *setting((*NEEDED, value)))

    assert done.returncode == 1
    assert told in done.stderr


def test_without_an_address_of_the_database_nothing_is_rendered():
    done = helm("template", "kb", CHART)

    assert done.returncode == 1
    assert "secrets.databaseUrl or secrets.existing is needed" in done.stderr


def test_the_schema_of_values_knows_the_configuration_as_it_is():
    schema = CHART / "values.schema.json"
    render = runpy.run_path(str(ROOT / "deploy/helm/schema.py"))["render"]

    written = schema.read_text(encoding="utf-8")

    assert written == render(written), "run: python docs/configuration.py"
    assert json.loads(written)["properties"]["config"]["properties"]["service"]


def test_the_chart_is_of_the_programs_version():
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())

    assert (chart["version"], chart["appVersion"]) == (VERSION, VERSION)
