"""Fixtures of tests that open admin pages."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission as DjangoPermission
from django.test import Client

from apps.accounts.models import User
from tests.factories import UserFactory


@pytest.fixture(autouse=True)
def plain_static_files(settings) -> None:
    """Pages name their static files without a collected manifest."""
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": storage}


@pytest.fixture
def admin_user() -> User:
    return UserFactory(username="root", is_staff=True, is_superuser=True)


@pytest.fixture
def admin_client(admin_user: User) -> Client:
    return client_of(admin_user)


@pytest.fixture
def make_staff() -> Callable[..., User]:
    """Makes a staff user with these Django permissions, by code name."""

    def make(*codenames: str) -> User:
        user = UserFactory(is_staff=True)
        user.user_permissions.set(DjangoPermission.objects.filter(codename__in=codenames))
        return user

    return make


def client_of(user: User) -> Client:
    """A signed-in browser."""
    client = Client()
    client.force_login(user)
    return client
