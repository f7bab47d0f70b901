"""Every test gets a data folder of its own; nothing may leave the machine."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate

from tests.engine_fixtures import (  # noqa: F401
    configured,
    engine_server,
    local_model,
    remote_model,
    server,
)
from tests.home import HOME


def pytest_configure() -> None:
    """Hashing passwords slowly is for people, not for tests."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    post_migrate.connect(_profiles_after_flush)


def _profiles_after_flush(sender: AppConfig, **told: object) -> None:
    """A test with transactions empties every table; rows that a migration made must come back."""
    if sender.label != "modelhub" or "plan" in told:  # a migration tells its plan
        return
    from apps.modelhub.models import Profile  # once Django is set up
    from apps.modelhub.profiles import NAMES

    Profile.objects.bulk_create(Profile(name=name) for name in NAMES)


@pytest.fixture(autouse=True)
def _no_index_of_another_test() -> Iterator[None]:
    """The database is rolled back after a test; the index files beside it must go with it."""
    yield
    shutil.rmtree(HOME / "data" / "index", ignore_errors=True)


@pytest.fixture(autouse=True, scope="session")
def _ledger_without_thread() -> None:
    """What requests leave for the ledger is written when a test asks for it."""
    from apps.ops.ledger.writing import writer  # once Django is set up

    writer.start = lambda: None  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _no_ledger_of_another_test() -> Iterator[None]:
    yield
    from apps.ops.ledger.writing import writer  # once Django is set up

    writer.forget()


@pytest.fixture(autouse=True)
def _no_room_of_another_test() -> Iterator[None]:
    """The room of this process, and everybody's limits, are made out of a configuration once."""
    from apps.core.traffic.rooms import room  # once Django is set up
    from apps.generation.limits import _rules

    yield
    room.cache_clear()
    _rules.cache_clear()


@pytest.fixture(autouse=True)
def _no_profiles_of_another_test() -> None:
    """A process keeps what it read of them for a second."""
    from apps.modelhub.profiles import profiles_forget  # once Django is set up

    profiles_forget()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of evaluation data beside the project; tests that need it skip without it."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("the shared evaluation data is not on this machine")
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of an installation that nothing is configured of: its clawdbot.yaml is read."""
    from apps.core import config  # once Django is set up

    monkeypatch.setenv("CLAWDBOT_HOME", str(tmp_path))
    config.load.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    config.load.cache_clear()
