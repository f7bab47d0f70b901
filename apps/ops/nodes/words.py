"""Nodes in the words of pages."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from apps.core import clock
from apps.ops.checks import Check
from apps.ops.nodes.findings import NodeFinding, Trouble, node_findings
from apps.ops.nodes.selectors import NodeSeen, NodeState

PAGE = "admin_nodes"
STATES: Mapping[NodeState, tuple[str, Any]] = {
    NodeState.READY: ("good", pgettext_lazy("state of a node", "Answers")),
    NodeState.UNREADY: ("bad", gettext_lazy("Not ready")),
    NodeState.STARTING: ("busy", gettext_lazy("Starting")),
    NodeState.DRAINING: ("busy", gettext_lazy("Draining")),
    NodeState.WORKING: ("good", gettext_lazy("Works")),
    NodeState.SILENT: ("bad", gettext_lazy("Not heard of")),
}
TROUBLES: Mapping[Trouble, Any] = {
    Trouble.SILENT: gettext_lazy(
        "%(node)s has not been heard of for %(detail)s. It crashed, or is cut off from the "
        "database."
    ),
    Trouble.MISSING: gettext_lazy("%(node)s: %(detail)s is not heard of. See its logs."),
    Trouble.KEY: gettext_lazy(
        "%(node)s signs with another key: who is signed in elsewhere is not known there. Give all "
        "nodes the same service.secret_key."
    ),
    Trouble.CLOCK: gettext_lazy(
        "The clock of %(node)s is off by %(detail)s s: dates are wrong there. Have it follow a "
        "time server."
    ),
    Trouble.VERSION: gettext_lazy(
        "%(node)s runs version %(detail)s, which is too old to work with the newest node. "
        "Upgrade it."
    ),
    Trouble.TWIN: gettext_lazy(
        "Several machines call themselves %(node)s: %(detail)s. Give each a node.name of its own."
    ),
    Trouble.UNREADY: gettext_lazy("%(node)s does not answer questions: %(detail)s."),
}
# The checks of /readyz that say no.
REASONS: Mapping[str, Any] = {
    "database": gettext_lazy("the database does not answer"),
    "migrations": gettext_lazy("the database lacks migrations"),
    "index": gettext_lazy("its index is behind, or is being made"),
    "models": gettext_lazy("its models are not loaded"),
    "drain": gettext_lazy("it is told to stop"),
}


def reason_words(reason: str) -> str:
    """Why a web server says that it is not ready, as pages say it."""
    return _listed(str(REASONS.get(name, name)) for name in reason.split(", ") if name)


def state_words(state: NodeState) -> tuple[str, Any]:
    """Tone and words of a state."""
    return STATES[state]


def finding_words(finding: NodeFinding) -> str:
    """What it is and what to do about it."""
    detail = finding.detail
    if finding.trouble == Trouble.SILENT:
        silent_for = timedelta(seconds=max(60.0, float(detail)))
        detail = timesince(clock.now() - silent_for, depth=1)
    elif finding.trouble == Trouble.UNREADY:
        detail = reason_words(detail)
    else:
        detail = _listed(detail.split(", "))
    return str(TROUBLES[finding.trouble]) % {"node": finding.node, "detail": detail}


def node_checks(nodes: Sequence[NodeSeen]) -> list[Check]:
    """For the administrator's home: only where there are several, or something is wrong."""
    found = node_findings(nodes)
    if len(nodes) < 2 and not found:
        return []
    web = [node for node in nodes if node.state != NodeState.WORKING]
    ready = sum(node.state == NodeState.READY for node in web)
    words = ngettext("%(n)s of %(all)s node answers", "%(n)s of %(all)s nodes answer", len(web))
    advice = pgettext("between two sentences", " ").join(map(finding_words, found))
    tone = "good" if not found else "bad" if any(one.is_bad for one in found) else "warn"
    name = gettext_lazy("Nodes")
    return [Check(name, "dns", tone, words % {"n": ready, "all": len(web)}, advice, PAGE)]


def _listed(items: Iterable[str]) -> str:
    return pgettext("between two items of a list", ", ").join(items)
