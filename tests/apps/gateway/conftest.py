"""A node that is called over real sockets, and the vendors' own clients."""

import anthropic
import ollama
import openai
import pytest

from tests.apps.gateway.node import Node
from tests.scripted_engine import scripted_engine


@pytest.fixture(scope="session")
def _node(tmp_path_factory):
    with scripted_engine() as engine:
        node = Node(tmp_path_factory.mktemp("gateway"), engine)
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
