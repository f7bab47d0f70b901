"""What `clawdbot doctor` sees between the nodes of an installation."""

from collections.abc import Iterator

from apps.ops.nodes.findings import NodeFinding, Trouble, node_findings
from apps.ops.nodes.selectors import NodeState, nodes
from clawdbot_site.installation.findings import Finding

WORDS = {
    Trouble.SILENT: ("not heard of for {detail} s",
                     "It crashed, or is cut off from the database. Look there. If it is gone for "
                     "good: clawdbot node forget {node}"),
    Trouble.MISSING: ("{detail} not heard of", "See there: clawdbot status, clawdbot logs"),
    Trouble.KEY: ("signs with another key than the others",
                  "Give all nodes the same service.secret_key (or _FILE), then restart it."),
    Trouble.CLOCK: ("its clock is off by {detail} s", "Have it follow a time server (chrony)."),
    Trouble.VERSION: ("version {detail}, too old to work with the newest node", "Upgrade it."),
    Trouble.TWIN: ("several machines call themselves so: {detail}",
                   "Give each a node.name of its own."),
    Trouble.UNREADY: ("does not answer questions: {detail}", "See its /readyz."),
}  # fmt: skip


def cluster_findings() -> Iterator[Finding]:
    """How many there are, and everything that is wrong with one of them."""
    known = nodes()
    if not known:
        return
    ready = sum(node.state == NodeState.READY for node in known)
    yield Finding("nodes", f"{len(known)} known, {ready} answer")
    for found in node_findings(known):
        yield _finding(found)


def _finding(found: NodeFinding) -> Finding:
    seen, remedy = WORDS[found.trouble]
    told = f"{found.node}: {seen.format(detail=found.detail)}"
    return Finding("nodes", told, remedy.format(node=found.node))
