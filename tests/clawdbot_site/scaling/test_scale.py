"""`clawdbot scale` on whatever runs: real commands to programs that write them down."""

import signal

import pytest
from typer.testing import CliRunner

from apps.core import config
from apps.core.errors import Conflict
from clawdbot_site.cli import service
from clawdbot_site.scaling import choosing, kubernetes, supervised
from clawdbot_site.scaling.compose import ComposeServices
from clawdbot_site.scaling.kubernetes import KubernetesPods
from clawdbot_site.scaling.protocols import Part
from clawdbot_site.scaling.supervised import SupervisedProcesses
from clawdbot_site.supervision import places
from clawdbot_site.supervision.control import ProcessState

DEPLOYMENT = {"*get\\ deployment*": "deployment.apps/kb-worker-parse"}
STATEFUL_SET = {"*get\\ statefulset*": "statefulset.apps/kb-node"}
PARSE = "app.kubernetes.io/name=clawdbot,app.kubernetes.io/component=worker-parse"


@pytest.fixture
def node(monkeypatch):
    """A supervisor that runs; what is asked of it and of its processes."""
    asked = []
    states = [ProcessState("web", "RUNNING", pid=4242, uptime_s=9)]
    monkeypatch.setattr(supervised.control, "is_running", lambda _: True)
    monkeypatch.setattr(supervised.control, "states", lambda _: states)
    monkeypatch.setattr(supervised.control, "restart", lambda _, name: asked.append(name))
    return asked


@pytest.fixture
def master(home, node, monkeypatch):
    """A master of gunicorn that keeps so many web processes, and minds every other signal only."""
    monkeypatch.setattr(supervised, "ANSWER_S", 0.0)

    def begin(kept):
        run = places.run_dir(config.load())
        run.mkdir(parents=True)

        def kill(pid, number):
            nonlocal kept
            node.append((pid, number))
            if len(node) % 2 == 0:
                kept += 1 if number == signal.SIGTTIN else -1
                (run / "web-processes").write_text(f"{pid} {kept}")

        (run / "web-processes").write_text(f"4242 {kept}")
        monkeypatch.setattr(supervised.os, "kill", kill)

    return begin


def test_compose_starts_and_stops_workers_and_leaves_the_rest_alone(program, told):
    program("docker")

    ComposeServices().scale(Part.WORKERS, 4)

    assert told() == [
        "docker compose up -d --no-deps --no-recreate --scale worker-parse=4 worker-parse"
    ]


def test_web_servers_of_compose_share_the_folder_of_their_node(program, told):
    program("docker")

    ComposeServices().scale(Part.WEB, 2)

    assert told()[0].endswith("--scale web=2 web")


def test_kubernetes_is_told_the_number_of_replicas(program, told):
    program("kubectl", DEPLOYMENT)

    KubernetesPods().scale(Part.WORKERS, 4)

    assert told() == [
        f"kubectl get deployment -l {PARSE} -o name",
        f"kubectl get hpa -l {PARSE} -o name",
        "kubectl scale deployment.apps/kb-worker-parse --replicas=4",
    ]


def test_more_web_servers_are_more_nodes_in_kubernetes(program, told):
    program("kubectl", STATEFUL_SET)

    KubernetesPods().scale(Part.WEB, 5)

    assert told()[-1] == "kubectl scale statefulset.apps/kb-node --replicas=5"


def test_an_autoscaler_is_not_worked_against(program, told):
    program("kubectl", DEPLOYMENT | {"*get\\ hpa*": "horizontalpodautoscaler/kb-worker-parse"})

    with pytest.raises(Conflict, match="autoscaling"):
        KubernetesPods().scale(Part.WORKERS, 4)
    assert not any("scale deployment" in line for line in told())


def test_two_releases_in_one_namespace_are_not_guessed_between(program):
    program("kubectl", {"*get\\ deployment*": "deployment/a\ndeployment/b"})

    with pytest.raises(Conflict, match="There are 2 deployments"):
        KubernetesPods().scale(Part.WORKERS, 4)


def test_a_program_that_fails_is_quoted_in_one_line(program):
    program("docker", {"*": "first\nno space left on device"}, exit_code=1)

    with pytest.raises(Conflict, match="docker compose: no space left on device"):
        ComposeServices().scale(Part.WORKERS, 4)


def test_a_program_that_is_not_here_is_named():
    with pytest.raises(Conflict, match="docker is not installed here"):
        ComposeServices().scale(Part.WORKERS, 4)


def test_parse_workers_of_the_supervisor_start_anew_with_their_number(node, home):
    said = SupervisedProcesses(config.load()).scale(Part.WORKERS, 4)

    assert (node, said) == (["worker-parse"], "4 parse workers")
    assert "parse_workers: 4" in (home / "clawdbot.yaml").read_text()


@pytest.mark.parametrize(
    ("kept", "count", "signals"),
    [(2, 4, [signal.SIGTTIN] * 4), (3, 3, []), (3, 2, [signal.SIGTTOU] * 2)],
)
def test_web_processes_come_and_go_from_those_that_run(node, master, kept, count, signals):
    master(kept)  # whatever clawdbot.yaml says

    SupervisedProcesses(config.load()).scale(Part.WEB, count)

    assert node == [(4242, number) for number in signals]


def test_a_web_server_that_does_not_say_how_many_it_keeps_is_started_anew(node):
    with pytest.raises(Conflict, match="clawdbot restart"):
        SupervisedProcesses(config.load()).scale(Part.WEB, 3)


def test_a_number_that_the_environment_sets_is_not_changed_in_vain(node, monkeypatch):
    monkeypatch.setenv("CLAWDBOT_INGEST__PARSE_WORKERS", "3")

    with pytest.raises(Conflict, match="CLAWDBOT_INGEST__PARSE_WORKERS"):
        SupervisedProcesses(config.load()).scale(Part.WORKERS, 4)
    assert node == []


def test_what_is_configured_goes_before_what_is_found(node, monkeypatch):
    monkeypatch.setenv("CLAWDBOT_NODE__PLATFORM", "compose")

    assert choosing.platform(config.load()) == "compose"


def test_a_supervisor_that_runs_here_is_asked_first(node):
    assert choosing.platform(config.load()) == "supervisor"


def test_a_pod_is_known_by_the_account_it_is_given(monkeypatch, tmp_path):
    monkeypatch.setattr(kubernetes, "SERVICE_ACCOUNT", tmp_path)

    assert choosing.platform(config.load()) == "kubernetes"


def test_compose_is_known_by_what_it_says_that_runs(program):
    program("docker", {"*ps*": "worker-parse"})

    assert choosing.platform(config.load()) == "compose"


def test_where_nothing_runs_the_number_is_for_the_next_start(home):
    result = CliRunner().invoke(service.app, ["scale", "--workers", "4"])

    assert "supervisor: 4 parse workers from the next start on" in result.stderr


def test_scale_without_a_number_is_wrong_usage():
    assert CliRunner().invoke(service.app, ["scale"]).exit_code == 2
