"""The fitted numbers of the built-in engine: read once, checked by hash into every trace."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from apps.core.config import REPOSITORY

WEIGHTS = REPOSITORY / "models" / "builtin-reader" / "weights.json"


@dataclass(frozen=True, slots=True)
class LanguageWeights:
    """Linear weights by feature name, for one language."""

    sentences: Mapping[str, float]
    spans: Mapping[str, float]
    refusal: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Weights:
    """All weights with the hash of the file they come from."""

    languages: Mapping[str, LanguageWeights]
    sha256: str

    def of(self, *, is_chinese: bool) -> LanguageWeights:
        """Those for a question in Chinese, or in any other language."""
        return self.languages["zh" if is_chinese else "en"]


@lru_cache(maxsize=1)
def load() -> Weights:
    """The weights that ship with the program (models/builtin-reader/README.md says how made)."""
    raw = WEIGHTS.read_bytes()
    content = json.loads(raw)
    return Weights(
        languages={
            language: LanguageWeights(
                sentences=content[language]["sentences"],
                spans=content[language]["spans"],
                refusal=content[language]["refusal"],
            )
            for language in ("en", "zh")
        },
        sha256=hashlib.sha256(raw).hexdigest(),
    )
