"""A body of newline-delimited JSON, read as it comes and never held in memory."""

import hashlib
import tempfile
from collections.abc import Iterator
from typing import IO, cast

from django.utils.translation import gettext as _
from rest_framework.request import Request

from apps.core import config
from apps.core.errors import TooLarge, Unsupported
from apps.core.sizes import parse_size

MEDIA_TYPES = ("application/x-ndjson", "application/ndjson")
BLOCK_BYTES = 64 * 1024


def is_ndjson(request: Request) -> bool:
    """Whether the request says that its body is NDJSON."""
    return (request.content_type or "").split(";")[0].strip().lower() in MEDIA_TYPES


class NdjsonBody:
    """The lines of one request. `digest` moves them to a temporary file first."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        """Lines with their ends; a line above 64 KiB comes in several pieces."""
        while piece := self._stream.readline(BLOCK_BYTES):
            yield piece

    def digest(self) -> str:
        """SHA-256 of the whole body; it can be iterated afterwards. Raises TooLarge."""
        max_file = config.load().ingest.max_file
        digest, size_bytes = hashlib.sha256(), 0
        spool = tempfile.TemporaryFile()  # noqa: SIM115 - read until the request ends
        while block := self._stream.read(BLOCK_BYTES):
            size_bytes += len(block)
            if size_bytes > parse_size(max_file):
                raise TooLarge(_("The request is larger than %(size)s.") % {"size": max_file})
            digest.update(block)
            spool.write(block)
        spool.seek(0)
        self._stream = spool
        return digest.hexdigest()


def body_of(request: Request) -> NdjsonBody:
    """The one body of this request. Raises Unsupported when it is not NDJSON.

    A body sent in chunks has no length and Django would take it as empty, so it is read from the
    server directly where the server marks its end (`wsgi.input_terminated`).
    """
    if not is_ndjson(request):
        raise Unsupported(_("Send one JSON object a line, as %(type)s.") % {"type": MEDIA_TYPES[0]})
    http = request._request
    known: NdjsonBody | None = getattr(http, "ndjson_body", None)
    if known is None:
        is_chunked = not http.META.get("CONTENT_LENGTH") and http.META.get("wsgi.input_terminated")
        known = NdjsonBody(cast(IO[bytes], http.META["wsgi.input"] if is_chunked else http))
        http.ndjson_body = known  # type: ignore[attr-defined]
    return known
