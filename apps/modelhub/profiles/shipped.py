"""The profiles that come with the product; their words are in `prompts` and `refusals`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from apps.modelhub.glossaries.files import shipped_glossary
from apps.modelhub.profiles.spec import ProfileSpec

NAMES = ("general", "finance", "medical", "lite")
_TEMPERATURE = {"finance": 0.1, "medical": 0.1}  # figures and doses are copied, not phrased
_MAX_TOKENS = {"lite": 160}
_USUAL_TOKENS = 512
_PASSAGES = {"lite": 3}
_ENGINE = {"lite": "builtin"}
_FOLDER = Path(__file__).parent


@cache
def shipped_profile(name: str) -> ProfileSpec:
    """The profile as it comes, one of NAMES. Reads files at the first call."""
    return ProfileSpec(
        name=name,
        engine=_ENGINE.get(name, "auto"),
        model="",
        prompt=_texts("prompts", name),
        refusal=_texts("refusals", name),
        glossary=shipped_glossary(name),
        max_tokens=_MAX_TOKENS.get(name, _USUAL_TOKENS),
        passages=_PASSAGES.get(name),
        temperature=_TEMPERATURE.get(name),
    )


def _texts(folder: str, name: str) -> Mapping[str, str]:
    """By language: `finance.zh-hans.txt` is the profile's text in zh-hans."""
    files = sorted((_FOLDER / folder).glob(f"{name}.*.txt"))
    return {file.name.split(".")[1]: file.read_text("utf-8").strip() for file in files}
