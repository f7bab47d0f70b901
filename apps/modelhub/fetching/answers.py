"""What a server says to a request for a file, and what that means."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from apps.core import config
from apps.core.errors import ClawdbotError, Forbidden, Invalid, NotFound, Retryable
from apps.modelhub.sources import hub_url

if TYPE_CHECKING:
    import ssl

    import httpx

CONNECT_S, READ_S = 5.0, 30.0
MAX_REDIRECTS = 5
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class OutOfReach(Retryable):
    """The server cannot be asked from here."""

    code = "offline"


class Passing(Retryable):
    """The server did not do it this time. `wait_s`: what it asked for."""

    def __init__(self, message: str, *, wait_s: float = 0.0) -> None:
        super().__init__(message)
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Answer:
    """A file that is about to arrive. `start`: its first byte; `total` 0: the server does not say.

    `sha256`: as the hub knows it; `is_past_end`: there is nothing from `start` on.
    """

    response: "httpx.Response"
    start: int
    total: int
    etag: str
    sha256: str
    is_past_end: bool = False


def client() -> "httpx.Client":
    """A client that nobody's environment changes; for one file."""
    import httpx

    return httpx.Client(
        timeout=httpx.Timeout(READ_S, connect=CONNECT_S),
        follow_redirects=False,
        trust_env=False,
        proxy=config.load().serving.hub_proxy or None,
        verify=_certificates(),
    )


@contextmanager
def asked(connection: "httpx.Client", url: str, *, start: int, etag: str) -> Iterator[Answer]:
    """Ask for the file at `url` from byte `start` on, if it still has that `etag`.

    Raises OutOfReach, Passing, NotFound, Forbidden, Invalid.
    """
    headers = {"Accept-Encoding": "identity", "User-Agent": "clawdbot"}
    if start:
        headers["Range"] = f"bytes={start}-"
        headers |= {"If-Range": etag} if etag else {}
    sha256 = ""
    for _hop in range(MAX_REDIRECTS + 1):
        with _sent(connection, url, headers | _token_for(url)) as response:
            sha256 = sha256 or _linked_sha256(response)
            if response.next_request is None:
                yield _answer(response, start=start, sha256=sha256)
                return
            url = _followed(url, str(response.next_request.url))
    raise Invalid(_("The address leads from one to the next without end."))


@contextmanager
def _sent(
    connection: "httpx.Client", url: str, headers: dict[str, str]
) -> Iterator["httpx.Response"]:
    import httpx

    host = str(urlsplit(url).hostname)
    if not config.load().serving.hub_proxy:
        _require_known(host)
    try:
        with connection.stream("GET", url, headers=headers) as response:
            yield response
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
        raise OutOfReach(_out_of_reach(host, str(error))) from error
    except httpx.TransportError as error:  # cut, silent for long, or no HTTP
        raise Passing(_("The connection to %(host)s broke.") % {"host": host}) from error
    except httpx.InvalidURL as error:
        raise Invalid(_("Models are fetched from http and https addresses only.")) from error


def _answer(response: "httpx.Response", *, start: int, sha256: str) -> Answer:
    etag = response.headers.get("ETag", "")
    etag = "" if etag.startswith("W/") else etag
    if response.status_code == 416:
        return Answer(response, start, start, etag, sha256, is_past_end=True)
    if response.status_code not in {200, 206}:
        raise _refusal(response)
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise Invalid(_("The server compresses the file, although it was asked not to."))
    total = _number(response.headers.get("Content-Length", ""))
    if response.status_code == 200:
        return Answer(response, 0, total, etag, sha256)
    match = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if match is None or int(match[1]) != start:
        raise Passing(_("The server sent a different part of the file from the one asked for."))
    return Answer(response, start, _number(match[3]), etag, sha256)


def _refusal(response: "httpx.Response") -> ClawdbotError:
    code, host = response.status_code, response.url.host
    words = {"host": host, "code": code, "url": str(response.url).split("?", 1)[0]}
    if code in {404, 410}:
        return NotFound(_("There is no such file: %(url)s") % words)
    if code in {401, 403}:
        return Forbidden(
            _(
                "%(host)s gives this file to members only (%(code)s). Accept its terms there and "
                "set serving.hub_token, or copy the file to this machine and add it by its path."
            )
            % words
        )
    if code == 429 or code >= 500:
        wait_s = float(_number(response.headers.get("Retry-After", "")))
        return Passing(_("%(host)s is busy or out of order (%(code)s).") % words, wait_s=wait_s)
    return Invalid(_("%(host)s refused (%(code)s).") % words)


def _require_known(host: str) -> None:
    """Raises OutOfReach when the host's address is not known in CONNECT_S seconds.

    Looking a name up has no time limit of its own; without a network it takes half a minute.
    """
    known: list[bool] = []

    def look() -> None:
        with suppress(OSError, UnicodeError):
            known.extend([True] * bool(socket.getaddrinfo(host, None)))

    thread = Thread(target=look, daemon=True)
    thread.start()
    thread.join(CONNECT_S)
    if not known:
        raise OutOfReach(_out_of_reach(host, "timed out" if thread.is_alive() else ""))


def _out_of_reach(host: str, error: str) -> str:
    is_slow = "timed out" in error.lower()
    is_untrusted = "CERTIFICATE" in error.upper()
    why = _("no answer in 5 seconds") if is_slow else _("no connection")
    why = _("its certificate is not trusted") if is_untrusted else why
    return _(
        "%(host)s cannot be reached from here (%(why)s). Copy the file to this machine by other "
        "means, then: clawdbot model add PATH"
    ) % {"host": host, "why": why}


def _followed(old: str, new: str) -> str:
    """Where a redirect leads. Raises Invalid: out of http(s), or out of encryption."""
    before, after = urlsplit(old).scheme, urlsplit(new).scheme
    if after not in {"http", "https"} or (before, after) == ("https", "http"):
        raise Invalid(_("The address leads on to one that is not fetched from."))
    return new


def _token_for(url: str) -> dict[str, str]:
    """The hub's token goes to the hub, and nowhere that it sends us."""
    token, hub = config.load().serving.hub_token, urlsplit(hub_url())
    asked_of = urlsplit(url)
    is_hub = (asked_of.scheme, asked_of.netloc) == (hub.scheme, hub.netloc)
    return {"Authorization": f"Bearer {token}"} if token and is_hub else {}


def _linked_sha256(response: "httpx.Response") -> str:
    """The hub names large files by their SHA-256. Source: huggingface_hub, file_download.py."""
    named = response.headers.get("X-Linked-ETag", "").strip('"')
    return named if _SHA256.fullmatch(named) else ""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


@cache
def _certificates() -> "ssl.SSLContext":
    """Authorities of this machine, a company's own among them, and those that came with Python."""
    import ssl

    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
