"""What the chart's pods may do, and whether they run what the program has."""

import re

import pytest
import yaml

from apps.core import config
from apps.ops.metrics import exposition
from clawdbot_site.supervision.processes import PROCESSES
from tests.deploy.charts import EVERYTHING, NEEDED, ROOT, containers, one, pods, rendered

COMPONENTS = {
    "node", "worker-parse", "worker-embed", "beat", "model-general", "init", "backup", "test",
}  # fmt: skip
CONTAINERS = [
    pytest.param(pod, container, id=f"{component}-{container['name']}")
    for component, pod in pods().items()
    for container in containers(pod)
]


def test_all_components_are_there():
    assert set(pods()) == COMPONENTS


@pytest.mark.parametrize(("pod", "container"), CONTAINERS)
def test_a_container_meets_the_standard_restricted(pod, container):
    """https://kubernetes.io/docs/concepts/security/pod-security-standards/"""
    around, own = pod["spec"]["securityContext"], container["securityContext"]

    assert around["runAsNonRoot"] is True
    assert around["runAsUser"] > 0
    assert around["seccompProfile"] == {"type": "RuntimeDefault"}
    assert own["allowPrivilegeEscalation"] is False
    assert own["capabilities"] == {"drop": ["ALL"]}
    assert not {"privileged", "procMount", "runAsUser"} & set(own)


@pytest.mark.parametrize(("pod", "container"), CONTAINERS)
def test_a_container_writes_only_where_something_is_mounted(pod, container):
    volumes = {volume["name"]: volume for volume in pod["spec"].get("volumes", [])} | {"data": {}}

    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    for mount in container.get("volumeMounts", []):
        is_given = {"configMap", "secret"} & set(volumes[mount["name"]])
        assert not is_given or mount["readOnly"] is True


@pytest.mark.parametrize(("pod", "container"), CONTAINERS)
def test_a_container_has_a_bound_on_its_memory_and_no_token_of_the_cluster(pod, container):
    assert "memory" in container["resources"]["limits"]
    assert "cpu" in container["resources"]["requests"]
    assert pod["spec"]["automountServiceAccountToken"] is False


def test_the_user_is_the_one_of_the_image():
    (uid,) = set(re.findall(r"^USER (\d+):\d+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE))

    assert {pod["spec"]["securityContext"]["runAsUser"] for pod in pods().values()} == {int(uid)}


def test_all_processes_of_a_node_have_a_container():
    arguments = [container["args"] for pod in pods().values() for container in containers(pod)]
    run = {args[-1] for args in arguments if "clawdbot_site.supervision.processes" in args}

    assert run == set(PROCESSES) - {"models"}  # each model has a pod of its own instead


def test_whatever_runs_for_long_says_that_it_lives():
    silent = [
        container["name"]
        for component, pod in pods().items()
        for container in pod["spec"]["containers"]
        if "livenessProbe" not in container and component not in {"init", "backup", "test"}
    ]

    assert silent == []


@pytest.mark.parametrize(
    ("drain_s", "grace_s", "least"), [(None, None, 25), (0, 1, 1), (20, 300, 325)]
)
def test_a_web_server_is_given_the_time_that_it_takes_to_stop(drain_s, grace_s, least):
    node = config.load().node
    given = {"drain_s": drain_s, "grace_s": grace_s}
    values = tuple(
        f"config.node.{key}={value}" for key, value in given.items() if value is not None
    )

    grace = pods((*NEEDED, *values))["node"]["spec"]["terminationGracePeriodSeconds"]

    assert grace >= least
    assert least != 25 or least >= node.drain_s + node.grace_s  # what the chart assumes is so


def test_an_autoscaler_and_the_chart_do_not_both_say_how_many():
    scaled = {"kb-clawdbot-node", "kb-clawdbot-worker-parse", "kb-clawdbot-model-general"}

    for manifest in rendered():
        if manifest["metadata"]["name"] in scaled and manifest["kind"] in {
            "Deployment",
            "StatefulSet",
        }:
            assert "replicas" not in manifest["spec"]


def asked_by_autoscalers():
    return {
        metric["external"]["metric"]["name"]
        for manifest in rendered()
        if manifest["kind"] == "HorizontalPodAutoscaler"
        for metric in manifest["spec"]["metrics"]
        if metric["type"] == "External"
    }


@pytest.mark.django_db
def test_autoscalers_ask_for_figures_that_are_told():
    told = set(re.findall(r"^(clawdbot_\w+)[{ ]", exposition().decode(), re.MULTILINE))

    assert len(asked_by_autoscalers()) == 4
    assert asked_by_autoscalers() - told == {"clawdbot_model_waiting"}  # of the model servers


@pytest.mark.parametrize("name", sorted(asked_by_autoscalers()))
def test_the_adapter_passes_each_figure_on_once(name):
    adapter = yaml.safe_load((ROOT / "deploy/helm/prometheus-adapter.yaml").read_text())
    queries = [rule["seriesQuery"] for rule in adapter["rules"]["external"]]

    patterns = [re.match(r'(?:{__name__=~")?([^"{]+)', query)[1] for query in queries]

    assert [bool(re.fullmatch(pattern, name)) for pattern in patterns].count(True) == 1


def test_pods_of_every_kind_leave_one_after_the_other():
    kept = {
        manifest["spec"]["selector"]["matchLabels"]["app.kubernetes.io/component"]
        for manifest in rendered()
        if manifest["kind"] == "PodDisruptionBudget"
    }

    assert kept == COMPONENTS - {"init", "backup", "test"}


def test_what_only_the_inside_may_ask_leads_nowhere_from_outside():
    rule = one("Ingress", "kb-clawdbot")["spec"]["rules"][0]
    closed = one("Service", "kb-clawdbot-closed")["spec"]["selector"]

    backends = {path["path"]: path["backend"]["service"]["name"] for path in rule["http"]["paths"]}

    assert backends.pop("/") == "kb-clawdbot"
    assert backends == dict.fromkeys(["/healthz", "/readyz", "/metrics"], "kb-clawdbot-closed")
    assert all(not closed.items() <= pod["metadata"]["labels"].items() for pod in pods().values())


@pytest.mark.parametrize(("largest", "most"), [("250MB", "258m"), ("2GB", "2056m")])
def test_the_ingress_takes_what_the_program_takes(largest, most):
    found = one("Ingress", "kb-clawdbot", (*EVERYTHING, f"config.ingest.max_file={largest}"))

    assert found["metadata"]["annotations"]["nginx.ingress.kubernetes.io/proxy-body-size"] == most


@pytest.mark.parametrize(
    ("key", "options", "file"),
    [("passphrase", "", "/run/secrets/clawdbot/passphrase"), ("", "--unencrypted ", "")],
)
def test_a_backup_is_begun_with_or_without_a_passphrase_and_old_ones_go(key, options, file):
    (backup,) = containers(pods((*EVERYTHING, f"backup.passphraseKey={key}"))["backup"])

    env = {one["name"]: one.get("value") for one in backup["env"]}
    assert backup["args"][2] == f"clawdbot backup {options}&& clawdbot backup prune"
    assert env["CLAWDBOT_BACKUP__TO"] == "/backup"
    assert env["CLAWDBOT_BACKUP__PASSPHRASE_FILE"] == file
