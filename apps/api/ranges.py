"""Sending a file, whole or the part that a viewer asks for (RFC 9110, section 14)."""

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

# An original is other people's data: downloaded, never run in our origin.
SAFETY = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-cache",
}


Read: TypeAlias = Callable[[int, int], Iterator[bytes]]  # from where, how many


def send(
    read: Read, size_bytes: int, *, filename: str, media_type: str, wanted: str | None
) -> HttpResponseBase:
    """The bytes as an attachment: 200, or 206 / 416 where `wanted` is a Range of one part."""
    span = _span(wanted, size_bytes)
    headers = SAFETY | {
        "Accept-Ranges": "bytes",
        "Content-Disposition": content_disposition_header(True, filename) or "attachment",
    }
    if span is not None and not span:
        return HttpResponse(
            status=416, headers=headers | {"Content-Range": f"bytes */{size_bytes}"}
        )
    status = 200
    if span is None:
        span = range(size_bytes)
    else:
        status = 206
        headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size_bytes}"
    headers["Content-Length"] = str(len(span))
    return StreamingHttpResponse(
        read(span.start, len(span)), status=status, content_type=media_type, headers=headers
    )


def _span(wanted: str | None, size_bytes: int) -> range | None:
    """The bytes asked for; empty when there are none; None for the whole file.

    Several ranges at once, and anything malformed, may be answered with the whole (RFC 9110).
    """
    match = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", wanted or "")
    if match is None or match[0] == "bytes=-":
        return None
    first, last = match.groups()
    if not first:
        return range(max(size_bytes - int(last), 0), size_bytes)
    stop = min(int(last) + 1, size_bytes) if last else size_bytes
    if last and int(last) < int(first):
        return None
    return range(int(first), stop)
