"""Taking files from a plain form: for browsers without scripts, and for replacing one document."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.files.uploadedfile import UploadedFile

from apps.accounts.models import User
from apps.core.errors import ClawdbotError
from apps.knowledge.models import Collection
from ingest.services import document_submit
from ingest.submissions import OnConflict, Upload


@dataclass(slots=True)
class Sent:
    """What became of the files: how many were taken, and why the others were not."""

    taken: int = 0
    refusals: list[str] = field(default_factory=list)


def files_submit(
    files: Iterable["UploadedFile[bytes]"],
    *,
    collection: Collection,
    by: User,
    on_conflict: OnConflict,
    path: str = "",
) -> Sent:
    """Take each file at its name, or at `path`; one that is refused does not hide the others."""
    sent = Sent()
    for file in files:
        name = file.name or ""
        upload = Upload(path=path or name, content=file.chunks())
        try:
            document_submit(collection=collection, upload=upload, by=by, on_conflict=on_conflict)
            sent.taken += 1
        except ClawdbotError as error:
            sent.refusals.append(f"{name}: {error.message}")
    return sent
