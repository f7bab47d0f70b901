"""What the site's addresses mean to the ledger.

An address that is not listed is of kind `other`: requests that change something through it are
written down, and those that only read when they were refused, denied or failed.
"""

from dataclasses import dataclass

from django.urls import ResolverMatch

from apps.core.metering import Kind, Surface

V1 = "api/v1/"


@dataclass(frozen=True, slots=True)
class Meaning:
    """Of an address and a method. `names`: what its `uuid` is of, "document" or "collection"."""

    kind: Kind
    names: str = ""


_OPENED = {"GET": Meaning(Kind.OPEN, "document")}
_LISTED = {"GET": Meaning(Kind.OPEN)}
_SENT = {"POST": Meaning(Kind.UPLOAD, "collection")}
MEANINGS: dict[str, dict[str, Meaning]] = {
    V1 + "ask/": {"POST": Meaning(Kind.ASK)},
    V1 + "search/": {"POST": Meaning(Kind.SEARCH)},
    V1 + "documents/": _LISTED,
    V1 + "documents/<uuid:uuid>/": _OPENED,
    V1 + "documents/<uuid:uuid>/file/": _OPENED,
    V1 + "documents/<uuid:uuid>/pages/<int:number>/": _OPENED,
    V1 + "documents/<uuid:uuid>/chunks/": _OPENED,
    V1 + "collections/<uuid:uuid>/documents/": _SENT,
    V1 + "collections/<uuid:uuid>/documents/import/": _SENT,
    "documents/": _LISTED,
    "documents/<uuid:uuid>/": _OPENED,
    "documents/<uuid:uuid>/pages/<int:number>/": _OPENED,
    "documents/<uuid:uuid>/pages/<int:number>/leaf/": _OPENED,
    "documents/<uuid:uuid>/replace/": {"POST": Meaning(Kind.UPLOAD, "document")},
    "collections/<uuid:uuid>/": {"GET": Meaning(Kind.OPEN, "collection")},
    "collections/<uuid:uuid>/upload/": _SENT,
    "welcome/upload/": {"POST": Meaning(Kind.UPLOAD)},
    "login/": {"POST": Meaning(Kind.OTHER)},
    "v1/chat/completions": {"POST": Meaning(Kind.CHAT)},
    "v1/completions": {"POST": Meaning(Kind.CHAT)},
    "v1/messages": {"POST": Meaning(Kind.CHAT)},
    "v1/embeddings": {"POST": Meaning(Kind.EMBEDDINGS)},
    "v1/rerank": {"POST": Meaning(Kind.RERANK)},
    "api/chat": {"POST": Meaning(Kind.CHAT)},
    "api/generate": {"POST": Meaning(Kind.CHAT)},
    "api/embed": {"POST": Meaning(Kind.EMBEDDINGS)},
    "api/embeddings": {"POST": Meaning(Kind.EMBEDDINGS)},
    "admin/knowledge/collection/<int:pk>/upload/": {"POST": Meaning(Kind.UPLOAD)},
}
READING = frozenset({"GET", "HEAD", "OPTIONS"})
OTHER = Meaning(Kind.OTHER)
PROGRAMS = ("v1/", "^v1", "api/")  # programs come through these; people's pages are elsewhere
# What all addresses come to at which there is nothing.
NOWHERE = frozenset({"api/", "^v1(/|$)", "admin/(?P<url>.*)$"})


def meaning_of(match: ResolverMatch | None, method: str | None) -> Meaning | None:
    """What is wanted; None: nothing that is listed."""
    return MEANINGS.get(match.route, {}).get(method or "") if match is not None else None


def is_told_of(match: ResolverMatch, method: str | None) -> bool:
    """Whether such a request is written down also when all went well."""
    if meaning_of(match, method) is not None:
        return True
    return match.route.startswith(PROGRAMS) and method not in READING


def is_nowhere(match: ResolverMatch | None) -> bool:
    """Whether there is nothing at the address, for anybody."""
    return match is None or match.route in NOWHERE


def surface_of(path: str) -> Surface:
    """Which door it is, by the address; for people and programs at V1 their credentials tell."""
    route = path.removeprefix("/")
    if route.startswith("v1/messages"):
        return Surface.ANTHROPIC
    if route.startswith("v1/"):
        return Surface.OPENAI
    if route.startswith(V1):
        return Surface.API
    if route.startswith("api/"):
        return Surface.OLLAMA
    return Surface.ADMIN if route.startswith("admin/") else Surface.PORTAL
