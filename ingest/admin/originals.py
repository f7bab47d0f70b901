"""Sending the original of a document to a browser, without letting it run as a page of ours."""

from django.http import FileResponse, Http404

from apps.knowledge import blobs
from apps.knowledge.models import Document

SHOWN = frozenset({"application/pdf", "text/plain"})


def original(document: Document) -> FileResponse:
    """The newest version's file: PDF and text open in the browser, all else is downloaded."""
    version = document.current_version or document.latest_version
    if version is None or not version.has_blob:
        raise Http404
    try:
        file = blobs.path_of(version.content_sha256).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    is_shown = version.media_type in SHOWN
    response = FileResponse(
        file,
        as_attachment=not is_shown,
        filename=version.filename or document.title,
        content_type=version.media_type if is_shown else "application/octet-stream",
    )
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    response["Cache-Control"] = "private, no-store"
    return response
