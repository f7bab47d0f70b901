"""The commands of docker-compose.yml, run natively: each becomes healthy by its own check."""

import subprocess
import sys
import time
import urllib.request

import pytest

from benchmarks import gguf_models
from tests import services
from tests.deploy.compose_files import ROOT, merged
from tests.deploy.contained import Containers

COMPOSE = merged(MODEL_FILE="tiny.gguf")["services"]
LONG_RUNNING = ("web", "worker-parse", "worker-embed", "beat", "indexer")


@pytest.fixture(scope="module")
def port():
    return services.free_port()


@pytest.fixture(scope="module")
def containers(tmp_path_factory, port):
    folder = tmp_path_factory.mktemp("compose")
    with services.postgresql() as database, services.redis(folder) as broker:
        secrets = {
            "CLAWDBOT_DATABASE__URL_FILE": database,
            "CLAWDBOT_BROKER__URL_FILE": broker,
            "CLAWDBOT_SERVICE__SECRET_KEY_FILE": "k" * 64,
            "CLAWDBOT_SERVICE__METRICS_TOKEN_FILE": "t" * 32,
            "CLAWDBOT_SERVICE__ADMIN_PASSWORD_FILE": "correct horse battery staple",
        }
        for name, value in secrets.items():
            (folder / name).write_text(value)
        instead = {name: str(folder / name) for name in secrets}
        quick = {"CLAWDBOT_SERVICE__WEB_WORKERS": "1", "CLAWDBOT_NODE__DRAIN_S": "0"}
        instead |= quick | {"CLAWDBOT_SERVICE__PORT": str(port)}
        running = Containers(folder / "home", **instead)
        try:
            assert running.run("init", COMPOSE["init"]) == 0, running.log("init")
            for name in LONG_RUNNING:
                running.start(name, COMPOSE[name])
            yield running
        finally:
            running.close()


def healthy(containers, name, port):
    for _ in range(120):
        if containers.is_healthy(name, COMPOSE[name], port=port):
            return True
        time.sleep(1)
    return False


@pytest.mark.parametrize("name", ["beat", "worker-parse", "worker-embed", "indexer", "web"])
def test_a_container_becomes_healthy_on_a_file_system_that_cannot_be_written(
    containers, port, name
):
    assert healthy(containers, name, port), containers.log(name)


def test_figures_are_shown_for_the_token_of_the_secret(containers, port):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/metrics")
    request.add_header("Authorization", "Bearer " + "t" * 32)

    with urllib.request.urlopen(request) as response:
        assert response.status == 200


def test_a_container_of_a_language_model_becomes_healthy_without_a_plan(containers):
    port = services.free_port()
    (containers.home / "models").mkdir()
    gguf_models.make(gguf_models.SHAPES["tiny"], containers.home / "models/tiny.gguf", name="tiny")

    containers.start("model", COMPOSE["model"], port=port)

    assert healthy(containers, "model", port), containers.log("model")


def test_a_check_of_health_says_what_is_missing():
    done = subprocess.run(
        [sys.executable, "-P", "-m", "clawdbot_site.supervision.health", "nobody"],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr == "clawdbot: nobody has not told of itself yet\n"
