"""A milvus-lite in this process; each test has collections of its own, as its database has."""

import pytest

from apps.core import config
from apps.retrieval import milvus_store


def configured(**values):
    settings = config.load()
    index = settings.index.model_copy(update={"vectors": "milvus", **values})
    return settings.model_copy(update={"index": index})


@pytest.fixture(scope="session")
def lite(tmp_path_factory):
    return str(tmp_path_factory.mktemp("milvus") / "vectors.db")


@pytest.fixture
def configure(monkeypatch):
    """Says where Milvus is, for the rest of the test."""

    def use(uri):
        changed = configured(milvus_uri=uri)
        monkeypatch.setattr(config, "load", lambda: changed)
        milvus_store._server.cache_clear()

    yield use
    milvus_store._server.cache_clear()


@pytest.fixture
def milvus(lite, configure, monkeypatch):
    """Vectors are in a milvus-lite, which may take its time to begin on a busy machine."""
    monkeypatch.setattr("apps.retrieval.vector.milvus.CONNECT_S", 30.0)
    configure(lite)
    return milvus_store.server()
