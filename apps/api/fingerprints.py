"""Telling whether two requests ask for the same thing."""

import hashlib
import json
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from rest_framework.request import Request

from apps.api import ndjson


def fingerprint(request: Request) -> str:
    """SHA-256 of method, address and body, whatever the order of keys and the boundary."""
    parts = [request.method, request.get_full_path(), _body(request)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _body(request: Request) -> Any:
    if ndjson.is_ndjson(request):
        return ndjson.body_of(request).digest()
    if not hasattr(request.data, "lists"):
        return request.data
    return {
        name: [_file(value) if isinstance(value, UploadedFile) else value for value in values]
        for name, values in request.data.lists()
    }


def _file(file: UploadedFile[bytes]) -> list[str | None]:
    digest = hashlib.sha256()
    for block in file.chunks():
        digest.update(block)
    file.seek(0)
    return [file.name, digest.hexdigest()]
