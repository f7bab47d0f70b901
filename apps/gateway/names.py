"""What the name of a model means to this caller.

`kb` is everything that they may read, `kb/<collection>` one collection (its name as it is written,
its id, or its name as a slug), `clawdbot-embedder` and `clawdbot-reader` the built-in models, any
other name a model of the hub. What is unknown and what may not be read are the same NotFound.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.text import slugify
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.errors import Invalid, NotFound
from apps.knowledge import access
from apps.knowledge.access import Scope
from apps.knowledge.models import Collection, Permission

KB = "kb"
EMBEDDER, READER = "clawdbot-embedder", "clawdbot-reader"
LATEST = ":latest"  # Ollama's clients put it behind every name
NOT_FOUND = "model_not_found"


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Documents: all that the scope holds. `collection`: the one that was named."""

    name: str
    scope: Scope
    collection: Collection | None = None


@dataclass(frozen=True, slots=True)
class Talker:
    """A language model of the hub, or of a server elsewhere. Whether there is one is not known."""

    name: str


def meant(name: str, user: User) -> Knowledge | Talker:
    """What to ask. Raises NotFound (`model_not_found`), Invalid (a built-in model that does not
    talk, a slug of several collections)."""
    for spelled in _spellings(name):
        if spelled == KB:
            return Knowledge(KB, Scope.of(user))
        if spelled.startswith(f"{KB}/"):
            if found := _collection(spelled.removeprefix(f"{KB}/"), user):
                return _knowledge(found, user)
        elif spelled in {EMBEDDER, READER}:
            raise Invalid(
                _("%(model)s does not talk. Ask %(kb)s, or a model of `GET /v1/models`.")
                % {"model": spelled, "kb": KB},
                details={"param": "model"},
            )
    bare = plain(name)
    if not bare or bare.startswith(f"{KB}/"):
        raise unknown(name)
    return Talker(bare)


def is_knowledge(name: str) -> bool:
    """Whether a name means documents, be there any or not."""
    return plain(name) == KB or name.strip().startswith(f"{KB}/")


def plain(name: str) -> str:
    """The name without what Ollama's clients put behind it."""
    return name.strip().removesuffix(LATEST)


def of_collection(collection: Collection) -> str:
    """The name by which a collection is listed."""
    return f"{KB}/{collection.name}"


def unknown(name: str) -> NotFound:
    """There is no such model, as far as this caller is told."""
    return NotFound(
        _("There is no model “%(model)s”, or you may not use it. `GET /v1/models` lists yours.")
        % {"model": name},
        code=NOT_FOUND,
        details={"param": "model", "model": name},
    )


def _spellings(name: str) -> Sequence[str]:
    """As it stands, then without `:latest`: a collection may be called so."""
    return list(dict.fromkeys([name.strip(), plain(name)]))


def _knowledge(collection: Collection, user: User) -> Knowledge:
    return Knowledge(
        of_collection(collection), Scope.of(user).narrowed([collection.uuid]), collection
    )


def _collection(called: str, user: User) -> Collection | None:
    readable = access.collections_of(user, Permission.READ)
    if found := readable.filter(name=called).first():
        return found
    if (uuid := _uuid(called)) and (found := readable.filter(uuid=uuid).first()):
        return found
    return _by_slug(called, readable)


def _by_slug(called: str, readable: Iterable[Collection]) -> Collection | None:
    wanted = slugify(called, allow_unicode=True)
    found = [one for one in readable if wanted and slugify(one.name, allow_unicode=True) == wanted]
    if len(found) > 1:
        raise Invalid(
            _("“%(called)s” may be any of: %(names)s. Write the name in full, or the id.")
            % {"called": called, "names": ", ".join(one.name for one in found)},
            details={"param": "model"},
        )
    return next(iter(found), None)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
