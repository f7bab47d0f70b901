"""What a profile says, once the shipped one and the administrator's changes are put together."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.modelhub.glossaries import Glossary


@dataclass(frozen=True, slots=True)
class ProfileSpec:
    """How questions of one kind are searched for and answered.

    `engine`: a choice of `engines.default`; "auto" is that setting. `model`: a name of the model
    hub; "": none is named. `prompt`: what a language model is told before its passages, by language
    of the answer ("en", "zh"). `refusal`: by "en", "zh-hans", "zh-hant"; a language that is missing
    has the usual words. None of `passages`, `min_confidence`, `temperature`: as the installation.
    `max_tokens`: the longest answer of a language model.
    """

    name: str
    engine: str
    model: str
    prompt: Mapping[str, str]
    refusal: Mapping[str, str]
    glossary: Glossary
    max_tokens: int
    passages: int | None = None
    min_confidence: float | None = None
    temperature: float | None = None
