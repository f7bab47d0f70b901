"""Addresses that people may click on."""

from urllib.parse import urlsplit


def web_address(url: str) -> str:
    """The address if it leads to a web page, else empty: `javascript:` is nothing to click on."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.netloc else ""
