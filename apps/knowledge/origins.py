"""Origins of web pages (RFC 6454), as a browser writes them into the Origin header."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from apps.core.errors import Invalid

MOST = 50
DEFAULT_PORTS = {"http": 80, "https": 443}
# No character that could end a source in a Content-Security-Policy.
HOST = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:.]+\]")


def origins_from(lines: Iterable[str]) -> list[str]:
    """The origins, each once, in their order. Raises Invalid for none, too many, or a wrong one."""
    origins = list(dict.fromkeys(origin_from(line) for line in lines if line.strip()))
    if not origins:
        raise Invalid(_("Name at least one origin, such as https://intranet.company.example."))
    if len(origins) > MOST:
        raise Invalid(_("At most %(most)d origins can be allowed.") % {"most": MOST})
    return origins


def origin_from(text: str) -> str:
    """Scheme, host and port in the one form that browsers send. Raises Invalid.

    No path, no user, no wildcard: a wildcard would let in any host of the domain, also one that is
    forgotten or taken over.
    """
    text = text.strip()
    try:
        parts = urlsplit(text)
        scheme, host, port = parts.scheme, _ascii_host(parts.hostname or ""), parts.port
    except (ValueError, UnicodeError):
        raise _wrong(text) from None
    if "*" in text:
        raise Invalid(
            _("“%(origin)s” has a wildcard. Name each host by itself.") % {"origin": text}
        )
    if scheme not in DEFAULT_PORTS or not HOST.fullmatch(host) or parts.username is not None:
        raise _wrong(text)
    origin = f"{scheme}://{host}" + (
        f":{port}" if port not in {None, DEFAULT_PORTS[scheme]} else ""
    )
    if parts.path not in {"", "/"} or "?" in text or "#" in text:
        raise Invalid(
            _("“%(text)s” names a page. Write only its origin: %(origin)s")
            % {"text": text, "origin": origin}
        )
    return origin


def _ascii_host(host: str) -> str:
    if ":" in host:
        return f"[{host}]"
    return host if host.isascii() else host.encode("idna").decode("ascii")


def _wrong(text: str) -> Invalid:
    return Invalid(
        _("“%(text)s” is no origin. Write https:// or http://, the host and, if need be, the port.")
        % {"text": text}
    )
