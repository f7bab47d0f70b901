"""Reading request bodies within limits."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler
from django.utils.translation import gettext as _
from rest_framework import parsers
from rest_framework.exceptions import ParseError

from apps.core import config
from apps.core.errors import TooLarge
from apps.core.sizes import parse_size


class JsonParser(parsers.JSONParser):
    """JSON that fits in memory and is not nested without end."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The decoded body. Raises TooLarge or ParseError."""
        meta = (parser_context or {})["request"].META
        if int(meta.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge(_("The JSON body is too large. Send text in bulk to documents/import/."))
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError(_("The JSON is nested too deeply.")) from None


class SizeLimit(FileUploadHandler):
    """Stops an upload at `ingest.max_file` while it arrives, before the disk is full of it."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the data on to the next handler."""
        max_file = config.load().ingest.max_file
        if start + len(raw_data) > parse_size(max_file):
            raise TooLarge(
                _("“%(name)s” is larger than %(size)s.")
                % {"name": self.file_name, "size": max_file}
            )
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the finished file to the next handler."""
