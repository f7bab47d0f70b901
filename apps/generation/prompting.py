"""What an engine is given."""

from collections.abc import Mapping
from uuid import UUID

from apps.core import config
from apps.generation import wording
from apps.generation.protocols import Prompt
from apps.knowledge.models import Collection
from apps.retrieval.protocols import SearchResult


def prompt_for(question: str, found: SearchResult) -> Prompt:
    """The question with what was found, and how sure an answer from there must be. One query."""
    settings = config.load()
    return Prompt(
        question=question,
        passages=found.hits,
        language="en" if wording.language_of(question) == "en" else "zh",
        temperature=settings.model.temperature,
        min_confidence=settings.answers.min_confidence,
        collection_confidence=_demands({hit.collection for hit in found.hits}),
    )


def _demands(collections: set[UUID]) -> Mapping[UUID, float]:
    """Of those collections that have a demand of their own."""
    if not collections:
        return {}
    rows = Collection.objects.filter(uuid__in=collections).values_list("uuid", "min_confidence")
    return {uuid: least for uuid, least in rows if least is not None}
