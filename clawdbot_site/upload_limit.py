"""Limits what an upload may put on the disk, at every address, while it arrives."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler
from django.utils.translation import gettext as _

from apps.core import config
from apps.core.errors import TooLarge
from apps.core.sizes import parse_size

FILE_ADDRESSES = frozenset(
    {
        "documents_add",
        "knowledge_collection_upload",
        "collection-upload",
        "document-replace",
        "ops_packimport_upload",
    }
)
ELSEWHERE_BYTES = 2**20


class UploadTooLarge(TooLarge, RequestDataTooBig):
    """A refusal that Django knows too: it stops reading the request and asks `handler400`."""


class UploadLimit(FileUploadHandler):
    """`ingest.max_file` for each file where a signed-in user may send files.

    Elsewhere a request that holds a file may have 1 MiB, which stays in memory: strangers cannot
    fill the disk.
    """

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *_: Any) -> None:  # noqa: N803
        """Note how large the request is; Django takes a multipart body without length as empty."""
        self._request_bytes = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Raises UploadTooLarge before anything is stored."""
        super().new_file(*args, **kwargs)
        if self._request_bytes > ELSEWHERE_BYTES and not self._may_send_files():
            raise UploadTooLarge(_("Files this large cannot be sent here."))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the data on to the next handler. Raises UploadTooLarge."""
        max_file = config.load().ingest.max_file
        if start + len(raw_data) > parse_size(max_file):
            raise UploadTooLarge(
                _("“%(name)s” is larger than %(size)s.")
                % {"name": self.file_name, "size": max_file}
            )
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the finished file to the next handler."""

    def _may_send_files(self) -> bool:
        request = self.request
        user, match = getattr(request, "user", None), getattr(request, "resolver_match", None)
        return bool(
            user is not None
            and user.is_authenticated
            and match is not None
            and match.url_name in FILE_ADDRESSES
        )
