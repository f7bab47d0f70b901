"""From whose network a request comes, in place of whose machine."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

KEPT_BITS = {4: 24, 6: 48}


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """The address cut to /24, or /48 for IPv6, like `10.2.3.0/24`; empty for what is none."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return str(ip_network((int(found), KEPT_BITS[found.version]), strict=False))
