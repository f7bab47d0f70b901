"""What curators change by hand: the description of a document, and chunks kept out of search."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.errors import Invalid
from apps.knowledge import access
from apps.knowledge.models import Chunk, Document, Permission

DOCUMENT_FIELDS = frozenset({"title", "url", "metadata"})


def document_describe(*, document: Document, by: User, values: Mapping[str, Any]) -> Document:
    """Change title, address or metadata; `ingest.retitling` brings a title to its chunks."""
    access.require_on(by, Permission.WRITE, document)
    if unknown := set(values) - DOCUMENT_FIELDS:
        raise Invalid(
            _("A document has no %(fields)s to change.") % {"fields": ", ".join(sorted(unknown))}
        )
    for field, value in values.items():
        setattr(document, field, value)
    document.save(update_fields=[*values, "updated_at"])
    return document


def chunk_exclude(*, chunk: Chunk, by: User) -> None:
    """Keep the chunk out of every search and answer from now on. Safe to repeat."""
    access.require_on(by, Permission.WRITE, chunk.version.document)
    Chunk.objects.filter(pk=chunk.pk).update(is_excluded=True)


def chunk_include(*, chunk: Chunk, by: User) -> None:
    """Let the chunk be found again. Safe to repeat."""
    access.require_on(by, Permission.WRITE, chunk.version.document)
    Chunk.objects.filter(pk=chunk.pk).update(is_excluded=False)
