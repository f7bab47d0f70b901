"""Collections, grants, widgets, documents, versions, pages, chunks, changes, erasures."""

from apps.knowledge.models.changes import Change, ChangeSequence
from apps.knowledge.models.chunks import Chunk, Page
from apps.knowledge.models.collections import Collection, Grant, Permission, Pin
from apps.knowledge.models.documents import Document, Version, VersionState
from apps.knowledge.models.erasures import Erasure
from apps.knowledge.models.widgets import Widget

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
    "Pin",
    "Version",
    "VersionState",
    "Widget",
]
