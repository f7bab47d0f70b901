"""A model's folder: a description (`model.json`) beside files with published hashes."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from apps.core.errors import ClawdbotError

DESCRIPTION = "model.json"
RESTORE = "Restore the folder from the release (`git checkout -- models`) and start again."


class ModelDamaged(ClawdbotError):
    """A model file is missing or is not the one that was published."""

    code = "model_damaged"


class ModelFiles(BaseModel):
    """What every `model.json` says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    files: dict[str, str] = Field(min_length=1)  # name in the folder -> sha256
    max_tokens: int = Field(gt=2)  # special tokens included
    languages: frozenset[str]
    licence: str
    source: str

    @property
    def sha256(self) -> str:
        """Of all files together: another tokenizer is another model."""
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(self.files.items()))
        return hashlib.sha256(lines.encode()).hexdigest()


Description = TypeVar("Description", bound=ModelFiles)


def read_description(folder: Path, kind: type[Description], *, what: str, key: str) -> Description:
    """Read `model.json`; the other files are not touched. Raises ModelDamaged.

    `what` and `key` name the model and its setting in messages.
    """
    path = folder / DESCRIPTION
    try:
        return kind.model_validate_json(path.read_bytes())
    except OSError:
        raise ModelDamaged(
            f"There is no {what} in {folder}: {path.name} cannot be read. "
            f"Set {key} in clawdbot.yaml to the folder of a model."
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ModelDamaged(f"{path}: {place}: {first['msg']}.") from None


def verify_files(folder: Path, files: Mapping[str, str], *, what: str) -> None:
    """Compare every file with its published sha256 (15 ms for 23 MB). Raises ModelDamaged."""
    for name, expected in files.items():
        try:
            with (folder / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            raise ModelDamaged(
                f"The {what} is incomplete: {folder / name} cannot be read. {RESTORE}"
            ) from None
        if found != expected:
            raise ModelDamaged(f"The {what} is damaged: {folder / name}. {RESTORE}")
