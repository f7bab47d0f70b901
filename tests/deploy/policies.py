"""What NetworkPolicies allow, worked out as Kubernetes documents it.

A pod that a policy selects for a direction is closed in it, but for what any such policy allows:
https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from collections.abc import Iterable
from typing import Any

from tests.deploy.charts import Manifest

Labels = dict[str, str]


def reaches(policies: Iterable[Manifest], source: Labels, target: Labels, port: int) -> bool:
    """Whether a pod may open a connection to another one of the release."""
    found = list(policies)
    return _allows(found, "Egress", source, target, port) and _allows(
        found, "Ingress", target, source, port
    )


def leaves(policies: Iterable[Manifest], source: Labels, port: int) -> bool:
    """Whether a pod may open a connection to an address that is no pod of the cluster."""
    return _allows(list(policies), "Egress", source, None, port)


def _allows(
    policies: list[Manifest], direction: str, pod: Labels, other: Labels | None, port: int
) -> bool:
    of_pod = [
        policy["spec"]
        for policy in policies
        if direction in policy["spec"]["policyTypes"]
        and _selects(policy["spec"]["podSelector"], pod)
    ]
    rules = [rule for spec in of_pod for rule in spec.get(direction.lower(), [])]
    return not of_pod or any(_matches(rule, direction, other, port) for rule in rules)


def _matches(rule: Any, direction: str, other: Labels | None, port: int) -> bool:
    peers = rule.get("to" if direction == "Egress" else "from", [])
    to_port = "ports" not in rule or any(one["port"] == port for one in rule["ports"])
    return to_port and (not peers or any(_is_peer(peer, other) for peer in peers))


def _is_peer(peer: Any, other: Labels | None) -> bool:
    """Peers of other namespaces are none of the release's pods."""
    if other is None or "namespaceSelector" in peer:
        return False
    return "podSelector" in peer and _selects(peer["podSelector"], other)


def _selects(selector: Any, labels: Labels) -> bool:
    matched = selector.get("matchLabels", {}).items() <= labels.items()
    return matched and all(_holds(one, labels) for one in selector.get("matchExpressions", []))


def _holds(expression: Any, labels: Labels) -> bool:
    is_in = labels.get(expression["key"]) in expression["values"]
    return is_in if expression["operator"] == "In" else not is_in
