"""Sending the original of a document to a browser, without letting it run as a page of ours."""

from django.http import Http404, StreamingHttpResponse
from django.utils.http import content_disposition_header

from apps.knowledge import blobs
from apps.knowledge.models import Document

SHOWN = frozenset({"application/pdf", "text/plain"})


def original(document: Document) -> StreamingHttpResponse:
    """The newest version's file: PDF and text open in the browser, all else is downloaded."""
    version = document.current_version or document.latest_version
    if version is None or not version.has_blob:
        raise Http404
    try:
        blocks = blobs.read(version.content_sha256)
    except FileNotFoundError:
        raise Http404 from None
    is_shown = version.media_type in SHOWN
    response = StreamingHttpResponse(
        blocks, content_type=version.media_type if is_shown else "application/octet-stream"
    )
    name = content_disposition_header(not is_shown, version.filename or document.title)
    if name:
        response["Content-Disposition"] = name
    response["Content-Length"] = str(version.size_bytes)
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    response["Cache-Control"] = "private, no-store"
    return response
