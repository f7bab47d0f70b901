"""Who is there, and what is wrong between those who are."""

import pytest

from apps.core.models import NodeProcess
from apps.knowledge import changes
from apps.knowledge.models import Change
from apps.ops.nodes.findings import NodeFinding, Trouble, node_findings
from apps.ops.nodes.selectors import NodeState, nodes
from apps.retrieval.models import NodeIndex
from tests.node_rows import told

pytestmark = pytest.mark.django_db
State = NodeProcess.State


def test_nodes_are_known_by_what_their_processes_told(django_assert_num_queries):
    changes.record(Change.Kind.PUBLISH, range(1, 6))
    NodeIndex.objects.create(node="n1", generation=7, change_seq=3)
    told("n1", figures={"requests": 2, "memory_bytes": 10, "load": 0.5})
    told("n1", "indexer", figures={"memory_bytes": 5, "load": 0.4})
    told("n2", "worker-parse")

    with django_assert_num_queries(3):
        first, second = nodes()

    assert (first.state, first.generation, first.lag) == (NodeState.READY, 7, 2)
    assert (first.requests, first.memory_bytes, first.load) == (2, 15, 0.5)
    assert (second.state, second.lag) == (NodeState.WORKING, None)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((State.UNREADY, State.READY), NodeState.READY),
        ((State.UNREADY, State.DRAINING), NodeState.DRAINING),
        ((State.STARTING, State.UNREADY), NodeState.UNREADY),
        ((State.STARTING,), NodeState.STARTING),
    ],
)
def test_one_web_process_that_answers_makes_a_node_that_answers(states, expected):
    for pid, state in enumerate(states):
        told(pid=pid, state=state)

    assert nodes()[0].state == expected


def test_what_fell_silent_does_not_count_whatever_it_said_last():
    told(silent_s=90)

    assert nodes()[0].state == NodeState.SILENT


def test_nodes_that_are_alike_and_well_give_nothing_to_say():
    for node in ("n1", "n2", "n3"):
        told(node)
        told(node, "indexer")

    assert node_findings(nodes()) == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"silent_s": 300}, NodeFinding("n3", Trouble.SILENT, "300")),
        ({"key_fingerprint": "x"}, NodeFinding("n3", Trouble.KEY)),
        ({"clock_offset_s": -120.2}, NodeFinding("n3", Trouble.CLOCK, "-120")),
        ({"version": "0.0.9"}, NodeFinding("n3", Trouble.VERSION, "0.0.9")),
        ({"version": "1.2.0"}, NodeFinding("n1", Trouble.VERSION, "0.2.0")),
        ({"state": State.UNREADY, "reason": "index"}, NodeFinding("n3", Trouble.UNREADY, "index")),
    ],
)
def test_a_node_that_differs_is_found(values, expected):
    told("n1")
    told("n2")
    told("n3", **values)

    assert expected in node_findings(nodes())


@pytest.mark.parametrize("version", ["0.1.7", "0.2.9", "0.3.0"])
def test_one_minor_version_apart_is_how_nodes_are_upgraded(version):
    told("n1")
    told("n2", version=version)

    assert node_findings(nodes()) == []


def test_a_process_that_fell_silent_on_a_node_that_answers_is_missed():
    told("n1")
    told("n1", "indexer", silent_s=90)

    assert node_findings(nodes()) == [NodeFinding("n1", Trouble.MISSING, "indexer")]


def test_a_killed_process_whose_successor_works_is_not_missed():
    told("n1", pid=2)
    told("n1", pid=1, silent_s=90)

    assert node_findings(nodes()) == []


def test_two_machines_with_one_name_are_found_by_their_indexers():
    told("n1", "indexer", host="b")
    told("n1", "indexer", host="a")

    assert node_findings(nodes()) == [NodeFinding("n1", Trouble.TWIN, "a, b")]


def test_containers_of_one_node_have_hosts_of_their_own():
    told("n1", "indexer", host="a")
    told("n1", "web", host="b")

    assert node_findings(nodes()) == []
