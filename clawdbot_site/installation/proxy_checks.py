"""What `clawdbot doctor` says of proxies that nodes do not believe."""

from collections.abc import Iterator

from apps.ops.nodes.selectors import nodes
from clawdbot_site.installation.findings import Finding

REMEDY = (
    "A proxy of yours? Name it in service.trusted_proxies of every node, then: clawdbot restart. "
    "Else close service.port to it."
)


def proxy_findings() -> Iterator[Finding]:
    """One for each address that states X-Forwarded-For at a node and is not trusted there."""
    told = {
        (address, node.name)
        for node in nodes()
        for process in node.alive
        for address in process.figures.get("unbelieved", ())
    }
    for address, node in sorted(told):
        yield Finding("proxies", f"{address} speaks for others at {node}", REMEDY)
