"""The page “Nodes”: who is there, how each stands, what its processes are at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.signed_in import user_of
from apps.core.adminsite import render_site_page, tell_refusal
from apps.core.errors import ClawdbotError
from apps.core.node_records import NodeProcess
from apps.ops.nodes.findings import node_findings
from apps.ops.nodes.forgetting import Forgotten, node_forget, vanished_nodes
from apps.ops.nodes.selectors import NodeSeen, NodeState, ProcessSeen, nodes
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

    @property
    def is_silent(self) -> bool:
        """Nothing of it is heard of."""
        return self.node.state == NodeState.SILENT


def is_offered(request: HttpRequest) -> bool:
    """Whether the page stands in the navigation."""
    return request.user.has_perm(PERMISSION)


def nodes_page(request: HttpRequest) -> HttpResponse:
    """For those who see the indexes of the nodes."""
    if not is_offered(request):
        raise PermissionDenied
    found, vanished = nodes(), vanished_nodes()
    names = {node.name for node in found}
    context = {
        "title": _("Nodes"),
        "cards": [_card(node) for node in found],
        "problems": [(one.is_bad, finding_words(one)) for one in node_findings(found)],
        "left": [one for one in vanished if one.name not in names],
        "may_forget": request.user.is_superuser,
    }
    return render_site_page(request, "ops/admin/nodes.html", context)


def forget_page(request: HttpRequest, name: str) -> HttpResponse:
    """Superusers take a node off the lists; a page that asks first comes before it."""
    if not request.user.is_superuser:
        raise PermissionDenied
    if request.method != "POST":
        if name not in {one.name for one in vanished_nodes()}:
            raise Http404
        context = {"title": _("Forget %(node)s") % {"node": name}, "name": name}
        return render_site_page(request, "ops/admin/node_forget.html", context)
    try:
        _tell(request, node_forget(name=name, by=user_of(request)))
    except ClawdbotError as error:
        tell_refusal(request, error)
    return HttpResponseRedirect(reverse("admin_nodes"))


def _tell(request: HttpRequest, gone: Forgotten) -> None:
    messages.success(request, _("%(node)s is forgotten.") % {"node": gone.name})
    if gone.receipts:
        words = ngettext(
            "%(n)d deletion is not out of its files: destroy its disk, or its volume.",
            "%(n)d deletions are not out of its files: destroy its disk, or its volume.",
            gone.receipts,
        )
        messages.warning(request, words % {"n": gone.receipts})


def _card(node: NodeSeen) -> NodeCard:
    tone, words = state_words(node.state)
    rows = [_row(process) for process in node.processes]
    return NodeCard(node, tone, words, reason_words(node.reason), round(100 * node.load), rows)


def _row(process: ProcessSeen) -> ProcessRow:
    if process.is_silent:
        return ProcessRow(process, "bad", _("not heard of"))
    state = NodeProcess.State(process.state)
    return ProcessRow(process, TONES[state], state.label)
