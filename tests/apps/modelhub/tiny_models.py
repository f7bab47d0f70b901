"""A tiny model, and a hub that has it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.modelhub import files
from benchmarks import gguf_models
from tests.apps.modelhub.hub import Hub, serving


@pytest.fixture(scope="session")
def tiny_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("model") / "tiny.gguf"
    gguf_models.make(gguf_models.SHAPES["tiny"], path, name="tiny")
    return path.read_bytes()


@pytest.fixture
def tiny(tiny_bytes: bytes, tmp_path: Path, models_folder: Path) -> Path:
    path = tmp_path / "Tiny.v1.gguf"
    path.write_bytes(tiny_bytes)
    return path


@pytest.fixture
def hub(tiny_bytes: bytes, models_folder: Path) -> Iterator[Hub]:
    with serving(Hub(content=tiny_bytes)) as hub:
        yield hub


@pytest.fixture
def models_folder() -> Iterator[Path]:
    """Empty before and after."""
    shutil.rmtree(files.folder())
    yield files.folder()
    shutil.rmtree(files.folder(), ignore_errors=True)
