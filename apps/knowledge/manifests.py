"""Comparing a collection with a manifest of files elsewhere, for sync clients."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.knowledge.access import Scope, documents_of
from apps.knowledge.models import Collection


@dataclass(frozen=True, slots=True)
class Difference:
    """Paths in order: only there; there and here with other bytes; only here."""

    added: list[str]
    modified: list[str]
    deleted: list[str]


def manifest_diff(
    *, collection: Collection, manifest: Mapping[str, str], scope: Scope
) -> Difference:
    """What the holder of `manifest` (path -> SHA-256 in lower case) would have to send or delete.

    A document counts with its newest version, also while that is still being read. Changes nothing.
    Documents outside the scope count as not there.
    """
    documents = documents_of(scope).filter(collection=collection).order_by()
    here = dict(documents.values_list("path", "latest_version__content_sha256"))
    return Difference(
        added=sorted(manifest.keys() - here.keys()),
        modified=sorted(
            path for path in manifest.keys() & here.keys() if here[path] != manifest[path]
        ),
        deleted=sorted(here.keys() - manifest.keys()),
    )
