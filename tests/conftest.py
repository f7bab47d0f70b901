"""Every test gets a data folder of its own; nothing may leave the machine."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before Django loads: settings read the configuration once.
_HOME = tempfile.mkdtemp(prefix="clawdbot-test-")
os.environ["CLAWDBOT_HOME"] = _HOME


@pytest.fixture(autouse=True)
def _no_index_of_another_test() -> Iterator[None]:
    """The database is rolled back after a test; the index files beside it must go with it."""
    yield
    shutil.rmtree(Path(_HOME) / "data" / "index", ignore_errors=True)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of evaluation data beside the project; tests that need it skip without it."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("the shared evaluation data is not on this machine")
    return folder
