"""A folder with an embedding model: its description (`model.json`) and its verified files."""

from functools import lru_cache
from os.path import isfile
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from apps.retrieval.embedders import transformer_folder
from apps.retrieval.model_files import (
    DESCRIPTION,
    ModelDamaged,
    ModelFiles,
    read_description,
    verify_files,
)
from apps.retrieval.protocols import EmbedderIdentity

_WHAT = "embedding model"


class ModelDescription(ModelFiles):
    """What `model.json` says."""

    kind: Literal["onnx", "static", "sentence-transformers"] = "onnx"  # which adapter runs it
    dimension: int = Field(gt=0)
    pooling: str = Field(pattern="^[a-z]{1,16}$")
    prefix: str

    @property
    def identity(self) -> EmbedderIdentity:
        """Equal for equal files and settings; `model_sha256` covers every file of the model."""
        return EmbedderIdentity(
            name=self.name,
            model_sha256=self.sha256,
            dimension=self.dimension,
            pooling=self.pooling,
            prefix=self.prefix,
        )


def describe(folder: Path) -> ModelDescription:
    """Read `model.json`, or what a sentence-transformers folder says. Raises ModelDamaged.

    What was read is kept as long as the folder's description is not replaced. Of our own models
    the other files are not touched; of others every file is hashed once a process.
    """
    if not (folder / DESCRIPTION).exists() and transformer_folder.is_one(folder):
        return _of_transformer(folder, (folder / transformer_folder.MODULES).stat().st_mtime_ns)
    try:
        return _of_ours(folder, (folder / DESCRIPTION).stat().st_mtime_ns)
    except OSError:
        return _of_ours.__wrapped__(folder, 0)  # says what is missing


def is_one(folder: Path) -> bool:
    """Whether there is a model's description in the folder; nothing is read."""
    return isfile(folder / DESCRIPTION) or isfile(folder / transformer_folder.MODULES)


def verify(folder: Path) -> ModelDescription:
    """Compare every file with its published sha256 (15 ms for 23 MB). Raises ModelDamaged."""
    description = describe(folder)
    verify_files(folder, description.files, what=_WHAT)
    return description


@lru_cache(maxsize=8)
def _of_ours(folder: Path, _mtime_ns: int) -> ModelDescription:
    return read_description(folder, ModelDescription, what=_WHAT, key="model.embedder")


@lru_cache(maxsize=8)
def _of_transformer(folder: Path, _mtime_ns: int) -> ModelDescription:
    try:
        return ModelDescription.model_validate(transformer_folder.read(folder))
    except ValidationError:
        raise ModelDamaged(
            f"{folder} is no sentence-transformers model that can be used."
        ) from None
