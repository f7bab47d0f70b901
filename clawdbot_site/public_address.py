"""What Django has to know of the address under which people reach us through a proxy."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from apps.core.config_sections import Service


@dataclass(frozen=True, slots=True)
class PublicAddress:
    """`origin` is empty without a proxy; `is_https` tells that its TLS ends before us."""

    hosts: list[str]
    origin: str
    is_https: bool

    @property
    def trusted_origins(self) -> list[str]:
        """Where forms that are posted to us may come from, besides our own address."""
        return [self.origin] if self.origin else []

    @property
    def https_header(self) -> tuple[str, str] | None:
        """The header by which the proxy tells that a request came over TLS."""
        return ("HTTP_X_FORWARDED_PROTO", "https") if self.is_https else None


def public_address(service: Service) -> PublicAddress:
    """The hosts, origin and scheme that `service.public_url` adds to `service.allowed_hosts`."""
    url = urlsplit(service.public_url)
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname or ""
    added = [host] if host and host not in service.allowed_hosts else []
    origin = f"{url.scheme}://{url.netloc.lower()}" if host else ""
    return PublicAddress([*service.allowed_hosts, *added], origin, url.scheme == "https")
