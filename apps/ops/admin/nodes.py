"""The page “Nodes”: who is there, how each stands, what its processes are at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from apps.core.adminsite import render_site_page
from apps.core.node_records import NodeProcess
from apps.ops.nodes.findings import node_findings
from apps.ops.nodes.selectors import NodeSeen, ProcessSeen, nodes
from apps.ops.nodes.words import finding_words, reason_words, state_words

PERMISSION = "retrieval.view_nodeindex"
TONES = {
    NodeProcess.State.READY: "good", NodeProcess.State.STARTING: "busy",
    NodeProcess.State.DRAINING: "busy", NodeProcess.State.UNREADY: "bad",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """A process as the page shows it."""

    process: ProcessSeen
    tone: str
    words: Any


@dataclass(frozen=True, slots=True)
class NodeCard:
    """A node as the page shows it; `load`: of its machine, 100 is all of its cores."""

    node: NodeSeen
    tone: str
    words: Any
    reason: str
    load_percent: int
    rows: Sequence[ProcessRow]


def is_offered(request: HttpRequest) -> bool:
    """Whether the page stands in the navigation."""
    return request.user.has_perm(PERMISSION)


def nodes_page(request: HttpRequest) -> HttpResponse:
    """For those who see the indexes of the nodes."""
    if not is_offered(request):
        raise PermissionDenied
    found = nodes()
    context = {
        "title": _("Nodes"),
        "cards": [_card(node) for node in found],
        "problems": [(one.is_bad, finding_words(one)) for one in node_findings(found)],
    }
    return render_site_page(request, "ops/admin/nodes.html", context)


def _card(node: NodeSeen) -> NodeCard:
    tone, words = state_words(node.state)
    rows = [_row(process) for process in node.processes]
    return NodeCard(node, tone, words, reason_words(node.reason), round(100 * node.load), rows)


def _row(process: ProcessSeen) -> ProcessRow:
    if process.is_silent:
        return ProcessRow(process, "bad", _("not heard of"))
    state = NodeProcess.State(process.state)
    return ProcessRow(process, TONES[state], state.label)
