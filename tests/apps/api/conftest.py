"""Callers of the API."""

import pytest
from rest_framework.test import APIClient

from apps.accounts.api_keys import api_key_create
from apps.accounts.models import User
from apps.retrieval.indexer import catch_up
from ingest.runner import drain
from ingest.services import text_submit
from ingest.submissions import TextUpload
from tests.factories import CollectionFactory, UserFactory


@pytest.fixture
def call():
    """A client that acts with a fresh key of the user; failures are answers, not exceptions."""

    def client_of(user: User) -> APIClient:
        _, secret = api_key_create(user=user, name="test")
        client = APIClient(raise_request_exception=False)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        return client

    return client_of


@pytest.fixture
def admin():
    return UserFactory(is_superuser=True, is_staff=True)


@pytest.fixture
def reader():
    return UserFactory()


@pytest.fixture
def writer():
    return UserFactory()


@pytest.fixture
def outsider():
    return UserFactory()


@pytest.fixture
def handbook(reader, writer):
    """A collection that one reads, one adds to, and one does not know of."""
    return CollectionFactory(name="Handbook", readers=[reader], writers=[writer])


@pytest.fixture
def travel_policy(handbook, writer):
    """A searchable document of the handbook."""
    text = TextUpload(
        path="travel.md",
        title="Travel policy",
        text="Trips are booked by the travel desk. Hotels in Paris cost at most 180 euros a night.",
    )
    document = text_submit(collection=handbook, text=text, by=writer).document
    drain()
    catch_up()
    return document
