"""Every test gets a data folder of its own; nothing may leave the machine."""

import os
import tempfile
from pathlib import Path

import pytest

# Before Django loads: settings read the configuration once.
_HOME = tempfile.mkdtemp(prefix="clawdbot-test-")
os.environ["CLAWDBOT_HOME"] = _HOME


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of evaluation data beside the project; tests that need it skip without it."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("the shared evaluation data is not on this machine")
    return folder
