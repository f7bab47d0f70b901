"""Modules that train, for tests to compare with."""

import importlib
import os
from importlib.util import find_spec
from types import ModuleType

import pytest


def with_torch(name: str) -> ModuleType:
    """The module `name`, which needs PyTorch; without it the test is skipped, in CI it fails."""
    if find_spec("torch") is None and not os.environ.get("CI"):
        pytest.skip("PyTorch is not installed: `make setup` of the dev profile installs it")
    return importlib.import_module(name)
