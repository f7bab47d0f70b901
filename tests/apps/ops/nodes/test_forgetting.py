"""Forgetting a node that vanished."""

from datetime import timedelta
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from apps.core import clock
from apps.core.errors import Conflict, NotFound
from apps.core.models import NodeProcess
from apps.knowledge.models import Erasure, NodeErasure
from apps.ops.nodes.forgetting import node_forget, vanished_nodes
from apps.retrieval import shared_vectors
from apps.retrieval.models import NodeIndex
from clawdbot_site.cli import node as command
from tests.factories import UserFactory
from tests.node_rows import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return UserFactory(is_superuser=True, is_staff=True)


def index_of(node, *, silent_h=0.0, **values):
    NodeIndex.objects.create(node=node, **values)
    at = clock.now() - timedelta(hours=silent_h)
    NodeIndex.objects.filter(node=node).update(updated_at=at)


def erasure():
    return Erasure.objects.create(
        target="document", target_uuid=uuid4(), change_seq=1, purged_at=clock.now()
    )


def test_a_forgotten_node_is_in_no_list_any_more(admin):
    told("n1")
    told("n2", silent_s=300)
    index_of("n2")

    gone = node_forget(name="n2", by=admin)

    assert (gone.processes, gone.indexes) == (1, 1)
    assert vanished_nodes() == []
    assert [row.node for row in NodeProcess.objects.all()] == ["n1"]


def test_a_node_that_is_heard_of_is_not_forgotten(admin):
    told("n1")
    index_of("n2")

    for name, said in (("n1", "is heard of"), ("n2", "stopped only just now")):
        with pytest.raises(Conflict, match=said):
            node_forget(name=name, by=admin)


def test_what_is_left_of_a_node_after_a_day_can_be_forgotten_too(admin):
    index_of("n9", silent_h=30)
    index_of(shared_vectors.NODE, silent_h=30)

    assert [one.name for one in vanished_nodes()] == ["n9"]
    node_forget(name="n9", by=admin)
    assert list(NodeIndex.objects.values_list("node", flat=True)) == [shared_vectors.NODE]


def test_nobody_knows_of_a_node_that_never_was(admin):
    with pytest.raises(NotFound):
        node_forget(name="n7", by=admin)


def test_receipts_wait_no_longer_but_still_name_whose_files_were_not_wiped(admin):
    told("n2", silent_s=300)
    index_of("n1", purged_seq=1)
    index_of("n2", silent_h=0.1)
    receipt = erasure()
    NodeErasure.objects.create(erasure=receipt, node="n2")

    gone = node_forget(name="n2", by=admin)

    receipt.refresh_from_db()
    assert (gone.receipts, receipt.completed_at is None) == (1, False)
    assert receipt.nodes.get().purged_at is None


def test_the_page_asks_first_and_then_forgets(admin, client):
    told("n2", silent_s=300)
    client.force_login(admin)

    listed = client.get("/admin/nodes/").content.decode()
    asked = client.get("/admin/nodes/n2/forget/").content.decode()
    after = client.post("/admin/nodes/n2/forget/", follow=True).content.decode()

    assert "/admin/nodes/n2/forget/" in listed
    assert "gone for good" in asked
    assert "n2 is forgotten" in after


def test_only_superusers_forget_nodes(client):
    told("n2", silent_s=300)
    client.force_login(UserFactory(is_staff=True))

    assert client.post("/admin/nodes/n2/forget/").status_code == 403
    assert NodeProcess.objects.count() == 1


@pytest.mark.usefixtures("admin")
def test_the_command_forgets_and_says_what_is_still_on_its_disk():
    told("n2", silent_s=300)
    NodeErasure.objects.create(erasure=erasure(), node="n2")

    listed = CliRunner().invoke(command.app, ["list"])
    result = CliRunner().invoke(command.app, ["forget", "n2", "--yes"])

    assert "clawdbot node forget n2" in listed.stdout
    assert result.exit_code == 0
    assert "destroy its disk" in result.stderr
