"""A node that is called over real sockets, and the vendors' own clients."""

import anthropic
import ollama
import openai
import pytest

from benchmarks import gguf_models
from tests.apps.gateway.node import Node
from tests.apps.serving.http.processes import serving
from tests.scripted_engine import scripted_engine


@pytest.fixture(scope="session")
def model_server(tmp_path_factory):
    """A real model server with the model `tiny`, one request at a time."""
    folder = tmp_path_factory.mktemp("model")
    gguf_models.make(gguf_models.SHAPES["tiny"], folder / "tiny.gguf", name="tiny")
    with serving(folder / "tiny.gguf", folder) as server:
        yield server


@pytest.fixture(scope="session")
def _node(tmp_path_factory, model_server):
    with scripted_engine() as engine:
        node = Node(tmp_path_factory.mktemp("gateway"), engine, model_server.address)
        try:
            node.start()
            yield node
        finally:
            node.close()


@pytest.fixture
def node(_node):
    """The node; its language model says `Hello there.`"""
    _node.engine.tell(["Hello ", "there."])
    return _node


@pytest.fixture
def openai_client(node):
    """OpenAI's client of somebody; it does not try again by itself."""
    return lambda who="reader": openai.OpenAI(
        base_url=f"{node.url}/v1", api_key=node.keys.get(who, who), max_retries=0
    )


@pytest.fixture
def anthropic_client(node):
    """Anthropic's client of somebody."""
    return lambda who="reader": anthropic.Anthropic(
        base_url=node.url, api_key=node.keys.get(who, who), max_retries=0
    )


@pytest.fixture
def ollama_client(node):
    """Ollama's client of somebody."""
    return lambda who="reader": ollama.Client(
        node.url, headers={"Authorization": f"Bearer {node.keys.get(who, who)}"}
    )
