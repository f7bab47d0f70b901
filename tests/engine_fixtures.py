"""Fixtures around the scripted engine, for the folders whose conftest imports them."""

import pytest

from apps.core import config
from apps.generation.upstream import breaker, targets
from tests.scripted_engine import scripted_engine


@pytest.fixture
def configured(monkeypatch):
    """Sets keys of a section of the configuration."""

    def set_to(section: str, **values) -> None:
        changed = getattr(config.load(), section).model_copy(update=values)
        settings = config.load().model_copy(update={section: changed})
        monkeypatch.setattr(config, "load", lambda: settings)

    return set_to


@pytest.fixture(scope="session")
def engine_server():
    with scripted_engine() as server:
        yield server


@pytest.fixture
def server(engine_server):
    breaker.breaker_of.cache_clear()
    engine_server.tell(["Nothing. [1]"])
    return engine_server


@pytest.fixture
def local_model(server, configured):
    """The scripted server holds the model that answers questions."""
    targets.forget()
    configured("serving", servers=[server.url])
    yield server
    targets.forget()


@pytest.fixture
def remote_model(server, configured):
    """The scripted server is the remote engine."""
    configured(
        "engines", default="remote", remote_url=f"{server.url}/v1", remote_model="big",
        remote_key="secret", attempts=1,
    )  # fmt: skip
    return server
