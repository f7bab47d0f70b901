"""A model server that plans for itself, as in a container of its own."""

import subprocess
import sys
import time

import httpx
import pytest

from apps.core import config
from apps.serving.errors import ModelUnusable
from apps.serving.own_plan import own_plan
from tests.installation import ROOT
from tests.services import free_port


def test_the_plan_keeps_to_what_the_operator_set(tiny_model, monkeypatch):
    serving = config.load().serving.model_copy(update={"context": 512, "parallel": 2})
    configured = config.load().model_copy(update={"serving": serving})
    monkeypatch.setattr(config, "load", lambda: configured)

    plan = own_plan("small", tiny_model)

    assert (plan.name, plan.path) == ("small", str(tiny_model))
    assert (plan.context, plan.parallel) == (512, 2)


def test_a_model_that_is_too_large_for_the_container_is_refused_with_the_figures(
    tiny_model, monkeypatch
):
    resource = config.load().resource.model_copy(update={"memory_limit": "1MB"})
    configured = config.load().model_copy(update={"resource": resource})
    monkeypatch.setattr(config, "load", lambda: configured)

    with pytest.raises(ModelUnusable, match="small needs"):
        own_plan("small", tiny_model)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ModelUnusable, match=r"gone\.gguf cannot be read: No such file"):
        own_plan("small", tmp_path / "gone.gguf")


@pytest.fixture
def served(tiny_model, tmp_path):
    port = free_port()
    command = [sys.executable, "-m", "apps.serving", "--name", "small", "--file", tiny_model]
    process = subprocess.Popen(
        [*command, "--port", str(port)], cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "CLAWDBOT_HOME": str(tmp_path)},
    )  # fmt: skip
    yield process, f"http://127.0.0.1:{port}"
    process.kill()
    process.wait()


def test_a_process_that_is_given_a_file_only_serves_it(served):
    process, address = served

    with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
        while process.poll() is None and not client.get(f"{address}/healthz").is_success:
            time.sleep(0.05)
        models = client.get(f"{address}/v1/models").json()["data"]

    assert [model["id"] for model in models] == ["small"]
