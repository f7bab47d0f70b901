"""Citations as they are kept, and what is true of their versions now."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from apps.generation.protocols import Citation
from apps.knowledge.models import Version


@dataclass(frozen=True, slots=True)
class CitedVersion:
    """`is_current`: it is the version that is searched; otherwise there is a newer one, or none."""

    number: int
    is_current: bool
    collection: UUID | None
    media_type: str


UNKNOWN = CitedVersion(number=1, is_current=False, collection=None, media_type="")


def as_json(citation: Citation) -> dict[str, Any]:
    """The form in which a trace keeps it."""
    return {
        name: str(value) if isinstance(value, UUID) else value
        for name, value in asdict(citation).items()
    }


def cited_versions(versions: Iterable[UUID | str]) -> Mapping[str, CitedVersion]:
    """What is true of the versions now, by id as text. One query, none without versions.

    Gives no text: the caller must already be allowed to see what cites them.
    """
    wanted = {str(version) for version in versions}
    if not wanted:
        return {}
    rows = Version.objects.filter(uuid__in=wanted).select_related("document__collection")
    return {
        str(version.uuid): CitedVersion(
            number=version.number,
            is_current=version.pk == version.document.current_version_id,
            collection=version.document.collection.uuid,
            media_type=version.media_type,
        )
        for version in rows
    }
