"""People in front of the portal."""

import pytest
from django.test import Client

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
