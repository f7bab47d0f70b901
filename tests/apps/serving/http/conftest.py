"""One model server for the tests of its interface."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from openai import OpenAI

from benchmarks import gguf_models
from tests.apps.serving.http.processes import Server, serving


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GGUF file with random weights."""
    path = tmp_path_factory.mktemp("models") / "tiny.gguf"
    gguf_models.make(gguf_models.SHAPES["tiny"], path, name="tiny")
    return path


@pytest.fixture(scope="session")
def server(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """It works on one request; one more may wait."""
    with serving(tiny_model, tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[OpenAI]:
    """OpenAI's own client, which does not try again."""
    with OpenAI(base_url=f"{server.address}/v1", api_key="none", max_retries=0) as made:
        yield made
