"""Which place holds the originals, and whether it is the one that the database means.

Every place has an identity. The database notes those that hold its originals, so that a folder
that is not mounted, or is a node's private one, is told from the right one and never written to.
"""

import os
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext

from apps.core import config
from apps.core.config_storage import DATABASE, S3_SCHEME, Storage
from apps.core.errors import Retryable
from apps.knowledge.blob_stores.both import BothStores
from apps.knowledge.blob_stores.database import DatabaseStore
from apps.knowledge.blob_stores.folder import FolderStore
from apps.knowledge.blob_stores.protocol import BlobStore, PlaceAway
from apps.knowledge.models import Version
from apps.knowledge.models.originals import OriginalsPlace

_accepted: set[str] = set()  # by this process


def store() -> BlobStore:
    """The configured place, and behind it the one that originals move away from."""
    first, second = places()
    return first if second is None else BothStores(first, second)


def required() -> BlobStore:
    """The same, once it is known to be the place that the database means.

    Raises Retryable: it is another one, or cannot be reached. The first place of a database is
    noted; a further one only beside a known one (`storage.originals_also`), or while there are no
    originals.
    """
    first, second = places()
    identity = _identity(first)
    if identity is None or identity not in _accepted:
        _accept(first, identity, None if second is None else _identity(second))
    return store()


def places() -> tuple[BlobStore, BlobStore | None]:
    """`storage.originals` and `storage.originals_also`."""
    settings = config.load()
    second = settings.storage.originals_also
    first = _place(settings.storage.originals or str(settings.data_dir / "blobs"), settings.storage)
    return first, _place(second, settings.storage) if second else None


def identities() -> list[str]:
    """Of the configured places that are in use. A place that may be begun is begun."""
    with suppress(Retryable):
        required()
    found = [_identity(place) for place in places() if place is not None]
    return [identity for identity in found if identity]


def adopt() -> str:
    """Take the configured place for the right one, whatever was known before; its address."""
    first, second = places()
    kept = [first] if second is None else [first, second]
    with transaction.atomic():
        OriginalsPlace.objects.all().delete()
        for place in kept:
            OriginalsPlace.objects.create(identity=place.mark(), address=place.address)
    return first.address


def _accept(first: BlobStore, identity: str | None, beside: str | None) -> None:
    with transaction.atomic():
        _take_turns()
        known = set(OriginalsPlace.objects.values_list("identity", flat=True))
        if identity is None or identity not in known:
            if known and beside not in known and Version.objects.filter(has_blob=True).exists():
                raise Retryable(
                    gettext(
                        "The originals are in another place than this node looks for them. An "
                        "administrator can see more with: clawdbot doctor"
                    ),
                    code="originals_elsewhere",
                )
            identity = _marked(first)
            OriginalsPlace.objects.get_or_create(
                identity=identity, defaults={"address": first.address}
            )
    _accepted.add(identity)


def _take_turns() -> None:
    """Two nodes that start for the first time: the second finds the place of the first."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE knowledge_originalsplace IN SHARE ROW EXCLUSIVE MODE")


def _identity(place: BlobStore) -> str | None:
    try:
        return place.identity()
    except OSError as error:
        raise PlaceAway(str(error.strerror)) from error


def _marked(place: BlobStore) -> str:
    try:
        return place.mark()
    except OSError as error:
        raise PlaceAway(str(error.strerror)) from error


def _place(address: str, storage: Storage) -> BlobStore:
    if address == DATABASE:
        return DatabaseStore()
    if address.startswith(S3_SCHEME):
        return _s3(address, storage)
    return FolderStore((config.home() / Path(address).expanduser()).resolve())


@lru_cache(maxsize=4)
def _s3(address: str, storage: Storage) -> BlobStore:
    from apps.knowledge.blob_stores.s3 import S3Store  # most installations have none

    return S3Store(address, storage)


os.register_at_fork(after_in_child=_s3.cache_clear)  # connections stay behind
