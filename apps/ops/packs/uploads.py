"""Packs that come and go through the browser.

What is uploaded lies with the originals until it is taken in, so that any node can do it; what is
downloaded lies in `data_dir/packs` while it is written.
"""

import logging
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO

from django.db import transaction
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.core import config, doorbell
from apps.core.errors import ClawdbotError, Forbidden
from apps.knowledge import blobs
from apps.knowledge.models import Collection
from apps.ops.models import PackImport
from apps.ops.packs import running
from apps.ops.packs.exporting import ExportOrder, collection_export
from apps.ops.packs.importing import pack_import_run
from apps.ops.packs.opened import opened
from ingest import originals

logger = logging.getLogger(__name__)

IMPORT_PACK = "ops.import_pack"
ABANDONED_AFTER_S = 3600
State = PackImport.State


def pack_download(*, collection: Collection, by: User) -> IO[bytes]:
    """The collection as a pack, in a file that is gone from the disk once it is closed.

    Raises what `collection_export` raises.
    """
    with tempfile.TemporaryDirectory(dir=_folder(), prefix="export-") as folder:
        order = ExportOrder(collection, Path(folder) / "pack.ckb")
        written = collection_export(order=order, by=by, report=lambda *_: None)
        return written.path.open("rb")


def pack_submit(*, chunks: Iterable[bytes], file_name: str, name: str, by: User) -> PackImport:
    """Take an uploaded pack to be imported in the background.

    Raises PackRefused at once when the file is no whole pack; Forbidden.
    """
    if not by.is_superuser:
        raise Forbidden(gettext("Only administrators import knowledge packs."))
    row = PackImport(file_name=file_name[-500:], name=name.strip()[:200], created_by=by)
    with blobs.incoming(chunks, is_limited=False) as blob:
        with opened(blob.path):
            pass
        row.sha256 = blob.sha256
        with originals.stored(blob) as stored, transaction.atomic():
            row.save()
            stored.is_needed = True
            doorbell.ring(IMPORT_PACK, row.pk)
    return row


def pack_work(key: int) -> str:
    """See an uploaded pack through; returns its state, or `skipped` when it does not wait."""
    row = running.claim(key)
    if row is None:
        return "skipped"
    with suppress(ClawdbotError):  # the row says why
        pack_import_run(row)
    row.refresh_from_db()
    return row.state


def sweep() -> int:
    """Clean up after silent workers, ring again for what waits."""
    swept = running.sweep()
    for key in PackImport.objects.filter(state=State.WAITING).values_list("pk", flat=True):
        doorbell.ring(IMPORT_PACK, key)
    return swept


def exports_clean() -> None:
    """Remove what exports that were killed left on this node. Safe to repeat."""
    for path in _folder().rglob("*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > ABANDONED_AFTER_S:
                path.rmdir() if path.is_dir() else path.unlink()


def _folder() -> Path:
    folder = config.load().data_dir / "packs"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
