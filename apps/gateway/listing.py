"""The models that a caller may use."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.gateway import names
from apps.generation.upstream import served_elsewhere
from apps.knowledge import access
from apps.knowledge.models import Permission
from apps.modelhub.models import Model
from apps.modelhub.selectors import model_list
from apps.retrieval.embedding import current_generation

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)  # of what has no date of its own


class Kind(StrEnum):
    """What a model is there for."""

    KNOWLEDGE = "knowledge"
    CHAT = "chat"
    EMBEDDING = "embedding"
    RERANKING = "reranking"


@dataclass(frozen=True, slots=True)
class Listed:
    """A model as lists show it. `model`: its row in the hub, where it has one."""

    name: str
    title: str
    kind: Kind
    owner: str
    created: datetime
    model: Model | None = None

    @property
    def talks(self) -> bool:
        """Whether messages may be sent to it."""
        return self.kind in {Kind.KNOWLEDGE, Kind.CHAT}


def models_of(user: User) -> Sequence[Listed]:
    """Everything, then readable collections, then models by name, then the built-in ones.

    A few queries, however many collections there are.
    """
    return [*_knowledge(user), *_hub(), *_built_in()]


def model_of(name: str, user: User) -> Listed:
    """The one of that name, however it is written. Raises NotFound."""
    listed = {one.name: one for one in models_of(user)}
    for spelled in (name, names.plain(name)):
        if spelled in listed:
            return listed[spelled]
    if name.startswith(f"{names.KB}/"):
        return listed[names.meant(name, user).name]
    raise names.unknown(name)


def _knowledge(user: User) -> Iterator[Listed]:
    yield Listed(names.KB, _("All documents"), Kind.KNOWLEDGE, "clawdbot", BEGINNING)
    for one in access.collections_of(user, Permission.READ):
        yield Listed(names.of_collection(one), one.name, Kind.KNOWLEDGE, "clawdbot", one.created_at)


def _hub() -> Iterator[Listed]:
    rows = model_list()
    for one in rows:
        if one.state == Model.State.READY:
            kind = Kind.EMBEDDING if one.is_embedding else Kind.CHAT
            yield Listed(one.name, one.name, kind, "model-hub", one.created_at, one)
    for name in sorted(served_elsewhere().keys() - {one.name for one in rows}):
        yield Listed(name, name, Kind.CHAT, "model-server", BEGINNING)


def _built_in() -> Iterator[Listed]:
    generation = current_generation()
    yield Listed(
        names.EMBEDDER, generation.model_name, Kind.EMBEDDING, "clawdbot", generation.created_at
    )
    yield Listed(names.READER, _("Built-in reader"), Kind.RERANKING, "clawdbot", BEGINNING)
