"""A folder with a reader: its description (`model.json`) and its verified files."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

from apps.retrieval.language import Language
from apps.retrieval.model_files import ModelFiles, read_description, verify_files
from apps.retrieval.protocols import Calibration

_WHAT = "reader"


class ReaderDescription(ModelFiles):
    """What `model.json` says. `calibration`: by language; one that is missing has the defaults."""

    kind: Literal["reader"]
    calibration: dict[str, Calibration] = {}


@lru_cache(maxsize=8)
def describe(folder: Path) -> ReaderDescription:
    """Read `model.json`; the other files are not touched. Raises ModelDamaged."""
    return read_description(folder, ReaderDescription, what=_WHAT, key="model.reader")


def verify(folder: Path) -> ReaderDescription:
    """Compare every file with its published sha256 (20 ms for 33 MB). Raises ModelDamaged."""
    description = describe(folder)
    verify_files(folder, description.files, what=_WHAT)
    return description


def calibration_for(calibration: Mapping[str, Calibration], spoken: Language) -> Calibration:
    """Of a query's language; a query in two languages is measured like a Chinese one."""
    known = "en" if spoken is Language.ENGLISH else "zh"
    return calibration.get(known, Calibration())
