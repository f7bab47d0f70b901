"""A shipped profile with what an administrator changed."""

from collections.abc import Mapping
from dataclasses import replace

from apps.modelhub.glossaries import Glossary
from apps.modelhub.models import Profile
from apps.modelhub.profiles.spec import ProfileSpec


def merged(shipped: ProfileSpec, row: Profile, glossary: Glossary) -> ProfileSpec:
    """Each field of the row where it says something, else the shipped one."""
    return replace(
        shipped,
        engine=row.engine or shipped.engine,
        model=row.model.name if row.model else shipped.model,
        prompt=_with(shipped.prompt, {"en": row.prompt_en, "zh": row.prompt_zh}),
        refusal=_with(
            shipped.refusal,
            {
                "en": row.refusal_en,
                "zh-hans": row.refusal_zh,
                "zh-hant": row.refusal_zh_hant or row.refusal_zh,
            },
        ),
        glossary=glossary,
        max_tokens=row.max_tokens or shipped.max_tokens,
        passages=row.passages or shipped.passages,
        min_confidence=_first(row.min_confidence, shipped.min_confidence),
        temperature=_first(row.temperature, shipped.temperature),
    )


def changed_fields(row: Profile) -> tuple[str, ...]:
    """The names of the fields in which the row differs from the shipped profile."""
    own = ("engine", "model_id", "prompt_en", "prompt_zh", "refusal_en", "refusal_zh")
    more = ("refusal_zh_hant", "min_confidence", "temperature", "max_tokens", "passages")
    said = tuple(name for name in (*own, *more) if getattr(row, name) not in ("", None))
    return said if row.uses_glossary else (*said, "uses_glossary")


def _with(shipped: Mapping[str, str], own: Mapping[str, str]) -> Mapping[str, str]:
    return {**shipped, **{language: text.strip() for language, text in own.items() if text.strip()}}


def _first(own: float | None, shipped: float | None) -> float | None:
    return shipped if own is None else own
