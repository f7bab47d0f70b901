"""A node that is behind keeps out of the way, as long as that helps anybody."""

import pytest

from apps.core import clock
from apps.core.models import NodeProcess
from apps.core.nodes import node_name
from apps.ops.nodes import gate
from apps.ops.nodes.gate import PATIENCE_S, Gate, Standing, has_better_node

FINE, BEHIND, NEARLY = Standing(0, False, 100), Standing(101, False, 100), Standing(50, False, 100)
DAMAGED = Standing(0, True, 100)


@pytest.fixture
def clock_s(monkeypatch):
    """Seconds that have passed, set by the test."""
    passed = [1000.0]
    monkeypatch.setattr(gate.time, "monotonic", lambda: passed[0])
    return passed


def looks(clock_s, gate: Gate, *standings: Standing) -> list[bool]:
    """What the gate says to each of them, long after the one before."""
    said = []
    for standing in standings:
        said.append(gate.look(standing))
        clock_s[0] += PATIENCE_S + 1
    return said


def test_a_burst_of_changes_closes_nothing(clock_s):
    behind_for_a_moment = Gate(lambda: True)

    assert behind_for_a_moment.look(BEHIND)
    clock_s[0] += PATIENCE_S - 1
    assert behind_for_a_moment.look(BEHIND)


def test_a_node_that_stays_behind_leaves_and_is_back_when_it_has_caught_up(clock_s):
    said = looks(clock_s, Gate(lambda: True), BEHIND, BEHIND, NEARLY, FINE)

    assert said == [True, False, False, True]


def test_who_catches_up_in_between_has_all_its_time_again(clock_s):
    assert all(looks(clock_s, Gate(lambda: True), BEHIND, FINE, BEHIND))


def test_files_that_are_missing_count_like_changes_that_are_missing(clock_s):
    assert looks(clock_s, Gate(lambda: True), DAMAGED, DAMAGED, FINE) == [True, False, True]


def test_nobody_leaves_where_no_other_node_answers_better(clock_s):
    assert all(looks(clock_s, Gate(lambda: False), BEHIND, DAMAGED, BEHIND))


def test_a_node_that_left_is_back_when_the_better_one_is_gone(clock_s):
    others = iter([True, True, False])

    assert looks(clock_s, Gate(lambda: next(others)), BEHIND, BEHIND, BEHIND, BEHIND) == [
        True, False, False, True
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("node", "state", "is_behind", "expected"),
    [
        ("other", NodeProcess.State.READY, False, True),
        ("other", NodeProcess.State.READY, True, False),
        ("other", NodeProcess.State.DRAINING, False, False),
        (node_name(), NodeProcess.State.READY, False, False),
    ],
)
@pytest.mark.django_db
def test_better_is_another_node_that_answers_and_is_not_behind(node, state, is_behind, expected):
    NodeProcess.objects.create(
        node=node, kind="web", host="h", pid=1, state=state, version="1", seen_at=clock.now(),
        started_at=clock.now(), figures={"is_behind": is_behind},
    )  # fmt: skip

    assert has_better_node() is expected
