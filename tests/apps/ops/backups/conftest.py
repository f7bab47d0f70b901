"""A small installation to make backups of."""

import shutil

import pytest

from apps.core import config
from apps.knowledge import blob_places
from apps.ops.backups import repository, sealing
from ingest import services
from ingest.submissions import Upload
from tests.apps.ops.packs.conftest import admin, finance  # noqa: F401
from tests.factories import CollectionFactory


@pytest.fixture(autouse=True)
def _passphrases_cost_little(monkeypatch):
    """The tests open backups a hundred times."""
    cheap = sealing.PassphraseKey(n=2, p=1, salt="00" * 16)
    monkeypatch.setattr(repository, "passphrase_key", lambda: cheap)


@pytest.fixture(autouse=True)
def _no_originals_of_another_test():
    """The rows go with a test; the files, and what a process remembers of their place, stay."""
    blob_places._accepted.clear()
    shutil.rmtree(config.load().data_dir / "blobs", ignore_errors=True)


@pytest.fixture
def place(tmp_path):
    return tmp_path / "backups"


@pytest.fixture
def submit(admin):  # noqa: F811
    """Stores a file, which waits to be read."""
    collection = CollectionFactory(name="Waiting")

    def store(path, text):
        upload = Upload(path=path, content=[text.encode()])
        return services.document_submit(collection=collection, upload=upload, by=admin)

    return store


@pytest.fixture
def files(submit):
    """Three files."""
    return [submit(f"{number}.txt", f"Secret number {number}. " * 20) for number in range(3)]
