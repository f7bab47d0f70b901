"""A scripted server, and everything about servers forgotten between tests."""

import pytest

from apps.generation.upstream import ChatOptions, ChatPiece, Target, breaker, chat
from tests.scripted_engine import scripted_engine


@pytest.fixture(scope="session")
def _engine_server():
    with scripted_engine() as server:
        yield server


@pytest.fixture
def server(_engine_server):
    breaker.breaker_of.cache_clear()
    _engine_server.tell(["Nothing. [1]"])
    return _engine_server


@pytest.fixture
def target(server):
    return Target(url=f"{server.url}/v1", model="scripted")


@pytest.fixture
def asked(target):
    """Asks; all that came."""
    return lambda **options: list(
        chat(target, [{"role": "user", "content": "Hello?"}], ChatOptions(**options))
    )


def text_of(events) -> str:
    return "".join(event.text for event in events if isinstance(event, ChatPiece))
