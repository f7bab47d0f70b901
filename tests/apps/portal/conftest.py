"""People in front of the portal."""

import pytest
from django.test import Client

from apps.core import config, config_file
from tests.factories import ChunkFactory, CollectionFactory, UserFactory


@pytest.fixture(autouse=True)
def _plain_static_files(settings):
    """Without collectstatic there are no hashed names."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def person():
    return UserFactory()


@pytest.fixture
def browser(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def passage(person):
    """A page whose text would run as HTML if it were not data."""
    text = "<script>alert(1)</script> Hotels cost 180 euros. & more"
    collection = CollectionFactory(name="Travel", readers=[person])
    return ChunkFactory(version__document__collection=collection, text=text)


@pytest.fixture
def nothing_settled():
    """No clawdbot.yaml, and nothing decided, before and after."""
    data = config.load().data_dir
    left = (config_file.path(), data / "setup.json", data / "run" / "applied.json")
    for path in left:
        path.unlink(missing_ok=True)
    yield
    for path in left:
        path.unlink(missing_ok=True)
