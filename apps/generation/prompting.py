"""What an engine is given."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from apps.core import config
from apps.generation import wording
from apps.generation.protocols import Exchange, Prompt
from apps.knowledge.models import Collection
from apps.knowledge.models.collections import RemoteUse
from apps.modelhub.profiles import ProfileSpec
from apps.retrieval.protocols import SearchResult


def prompt_for(
    question: str,
    found: SearchResult,
    profile: ProfileSpec,
    *,
    asked: str = "",
    recall: Callable[[], Sequence[Exchange]] = tuple,
) -> Prompt:
    """The question with what was found, how it is answered by the profile, how sure an answer from
    there must be, and whether it may leave. `asked`, `recall`: as in Prompt. One query."""
    settings = config.load()
    confidence, temperature = profile.min_confidence, profile.temperature
    demands, may_leave = _collections({hit.collection for hit in found.hits})
    return Prompt(
        question=question,
        passages=found.hits,
        language="en" if wording.language_of(question) == "en" else "zh",
        temperature=settings.model.temperature if temperature is None else temperature,
        min_confidence=settings.answers.min_confidence if confidence is None else confidence,
        collection_confidence=demands,
        profile=profile,
        asked=asked,
        may_leave=may_leave,
        recall=recall,
    )


def _collections(wanted: set[UUID]) -> tuple[Mapping[UUID, float], bool]:
    """The demands of those that have one of their own, and whether all may go to remote engines."""
    if not wanted:
        return {}, False
    rows = list(
        Collection.objects.filter(uuid__in=wanted).values_list(
            "uuid", "min_confidence", "remote_use"
        )
    )
    demands = {uuid: least for uuid, least, _use in rows if least is not None}
    allowed = {uuid for uuid, _least, use in rows if use == RemoteUse.ALLOWED}
    return demands, allowed == wanted
