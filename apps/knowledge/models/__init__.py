"""Collections, documents, their grants, versions, pages, chunks, changes, erasures, widgets."""

from apps.knowledge.models.changes import Change, ChangeSequence
from apps.knowledge.models.chunks import Chunk, Page
from apps.knowledge.models.collections import Collection, Grant, Permission, Pin, RemoteUse
from apps.knowledge.models.document_grants import DocumentGrant
from apps.knowledge.models.documents import Document, Version, VersionState
from apps.knowledge.models.erasures import Erasure, NodeErasure
from apps.knowledge.models.originals import OriginalPart, OriginalsPlace
from apps.knowledge.models.widgets import Widget

__all__ = [
    "Change",
    "ChangeSequence",
    "Chunk",
    "Collection",
    "Document",
    "DocumentGrant",
    "Erasure",
    "Grant",
    "NodeErasure",
    "OriginalPart",
    "OriginalsPlace",
    "Page",
    "Permission",
    "Pin",
    "RemoteUse",
    "Version",
    "VersionState",
    "Widget",
]
