"""Who asks: the client's address and scheme, which only a trusted proxy may state for another."""

import logging
from collections.abc import Callable, Collection, MutableMapping
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from django.http import HttpRequest, HttpResponse

from apps.core import config

logger = logging.getLogger(__name__)
STATEMENTS = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_REAL_IP",
    "HTTP_FORWARDED",
)
MOST_NAMED = 20  # strangers that are told of
Network = IPv4Network | IPv6Network
_unbelieved: set[str] = set()


class ClientAddress:
    """Middleware, the first one: from here on `REMOTE_ADDR` is who asks.

    Of a proxy's X-Forwarded-For the last entry counts, the one that it wrote itself. What anyone
    else states is dropped, X-Forwarded-Proto with it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._trusted = [ip_network(one) for one in config.load().service.trusted_proxies]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on as that of its client."""
        peer = str(request.META.get("REMOTE_ADDR", ""))
        if not settle(request.META, trusted=self._trusted):
            _tell(peer)
        return self._get_response(request)


def unbelieved() -> list[str]:
    """Who stated another's address to this process and is no trusted proxy; the first few."""
    return sorted(_unbelieved)


def settle(meta: MutableMapping[str, Any], *, trusted: Collection[Network]) -> bool:
    """Make `REMOTE_ADDR` the client's; False when somebody spoke for others who may not."""
    if not _is_in(str(meta.get("REMOTE_ADDR", "")), trusted):
        is_claim = "HTTP_X_FORWARDED_FOR" in meta
        for name in STATEMENTS:
            meta.pop(name, None)
        return not is_claim
    stated = str(meta.get("HTTP_X_FORWARDED_FOR", "")).rsplit(",", 1)[-1].strip()
    with suppress(ValueError):  # a proxy that states nobody asks for itself
        meta["REMOTE_ADDR"] = str(ip_address(stated))
    return True


def _tell(peer: str) -> None:
    if peer not in _unbelieved and len(_unbelieved) < MOST_NAMED:
        _unbelieved.add(peer)
        logger.warning(
            "%s speaks for others, but is not in service.trusted_proxies: not believed", peer
        )


def _is_in(address: str, networks: Collection[Network]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False  # a socket file has none
    mapped = getattr(found, "ipv4_mapped", None) or found
    return any(mapped in network for network in networks)
