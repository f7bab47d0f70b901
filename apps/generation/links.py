"""Addresses of the portal's pages for people, as interfaces for programs hand them out."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode


def page_link(citation: Mapping[str, Any]) -> str:
    """Where the portal shows the cited words: the page of that version, its span marked."""
    span = urlencode({name: citation[name] for name in ("start", "end", "version")})
    return f"/documents/{citation['document']}/pages/{citation['page']}/?{span}"
