"""What a certificate is for: host names and IP addresses."""

import re
from collections.abc import Iterable, Sequence
from ipaddress import ip_address, ip_network

from cryptography import x509

from apps.core.errors import Invalid

_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_HOST = re.compile(rf"(\*\.)?{_LABEL}(\.{_LABEL})*")
_EVERY_ADDRESS = ("0.0.0.0/0", "::/0")


def general_names(names: Iterable[str]) -> list[x509.GeneralName]:
    """As subject alternative names, in order, each once. Raises Invalid for what is neither."""
    found = dict.fromkeys(_general_name(name.strip()) for name in names)
    if not found:
        raise Invalid("Name at least one host or address that the certificate is for.")
    return list(found)


def texts(names: Iterable[x509.GeneralName]) -> list[str]:
    """As people write them."""
    return [str(name.value) for name in names]


def constraints(only_for: Sequence[str]) -> x509.NameConstraints:
    """Domains and networks, as what an authority may vouch for (RFC 5280, section 4.2.1.10).

    A domain stands for itself and everything below. Where no network is named, no address may be
    vouched for, and where no domain is, no host.
    """
    domains, networks = [], []
    for text in only_for:
        try:
            networks.append(x509.IPAddress(ip_network(text)))
        except ValueError:
            domains.append(x509.DNSName(_host(text)))
    refused: list[x509.GeneralName] = []
    if not networks:
        refused += [x509.IPAddress(ip_network(every)) for every in _EVERY_ADDRESS]
    if not domains:
        refused.append(x509.DNSName(""))
    permitted: list[x509.GeneralName] = [*domains, *networks]
    return x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=refused or None)


def is_permitted(name: x509.GeneralName, limits: x509.NameConstraints) -> bool:
    """Whether an authority with these limits may vouch for the name."""
    permitted = limits.permitted_subtrees or []
    if isinstance(name, x509.IPAddress):
        address = ip_network(str(name.value))
        networks = [ip_network(str(one.value)) for one in permitted if isinstance(one, type(name))]
        return any(address.version == n.version and address.subnet_of(n) for n in networks)  # type: ignore[arg-type]
    host = f".{str(name.value).removeprefix('*.')}"
    return any(
        isinstance(one, x509.DNSName) and host.endswith(f".{one.value}") for one in permitted
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name.strip("[]")))
    except ValueError:
        return x509.DNSName(_host(name))


def _host(name: str) -> str:
    try:
        ascii_name = name.lower().encode("idna").decode() if not name.isascii() else name.lower()
    except UnicodeError:
        ascii_name = ""
    if not _HOST.fullmatch(ascii_name):
        raise Invalid(f"“{name}” is no name of a host, and no IP address.")
    return ascii_name
