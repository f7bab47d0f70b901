"""A reader with random weights in the place of the configured one, and settings for one test."""

import pytest

from apps.core import config
from apps.retrieval.reader import loading
from tests.small_reader import write_small_reader


@pytest.fixture(scope="session")
def small_reader(tmp_path_factory):
    """Its folder. Nothing may be written there."""
    return write_small_reader(tmp_path_factory.mktemp("small-reader"))


@pytest.fixture
def use_reader(monkeypatch):
    """Make a folder the configured reader's; what was loaded is forgotten afterwards."""
    yield lambda folder: monkeypatch.setattr("apps.core.config.Config.reader_dir", folder)
    loading._load.cache_clear()
    loading._refused.clear()


@pytest.fixture
def set_retrieval(monkeypatch):
    """Change keys of the section `retrieval`."""

    def change(**values):
        changed = config.load().retrieval.model_copy(update=values)
        settings = config.load().model_copy(update={"retrieval": changed})
        monkeypatch.setattr(config, "load", lambda: settings)

    return change
