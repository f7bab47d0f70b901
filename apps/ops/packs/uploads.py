"""Packs that come and go through the browser, in `data_dir/packs` no longer than needed."""

import logging
import os
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
from apps.knowledge.models import Collection
from apps.ops.models import PackImport
from apps.ops.packs import running
from apps.ops.packs.exporting import ExportOrder, collection_export
from apps.ops.packs.importing import pack_import_run
from apps.ops.packs.opened import opened

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
    path = running.uploaded_file(row)
    with tempfile.NamedTemporaryFile(dir=_folder(), prefix="upload-", delete=False) as file:
        partial_path = Path(file.name)
        try:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
            with opened(partial_path):
                pass
            partial_path.replace(path)
        except BaseException:
            partial_path.unlink(missing_ok=True)
            raise
    with transaction.atomic():
        row.save()
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
    """Clean up after silent workers, ring again for what waits, remove files that nobody needs."""
    swept = running.sweep()
    for key in PackImport.objects.filter(state=State.WAITING).values_list("pk", flat=True):
        doorbell.ring(IMPORT_PACK, key)
    needed = {
        running.uploaded_file(row).name
        for row in PackImport.objects.filter(state__in=[State.WAITING, State.RUNNING])
    }
    for path in _folder().rglob("*"):
        with suppress(OSError):
            is_old = time.time() - path.stat().st_mtime > ABANDONED_AFTER_S
            if is_old and path.name not in needed:
                path.rmdir() if path.is_dir() else path.unlink()
    return swept


def _folder() -> Path:
    folder = config.load().data_dir / "packs"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
