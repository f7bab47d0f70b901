"""Collections, grants, documents, versions, pages, chunks, the change sequence, erasures."""

from apps.knowledge.models.changes import Change, ChangeSequence
from apps.knowledge.models.chunks import Chunk, Page
from apps.knowledge.models.collections import Collection, Grant, Permission
from apps.knowledge.models.documents import Document, Version, VersionState
from apps.knowledge.models.erasures import Erasure

__all__ = [
    "Change",
    "ChangeSequence",
    "Chunk",
    "Collection",
    "Document",
    "Erasure",
    "Grant",
    "Page",
    "Permission",
    "Version",
    "VersionState",
]
