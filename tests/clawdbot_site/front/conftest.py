"""One front for the tests that change nothing about it."""

import pytest

from tests.clawdbot_site.front import fronts


@pytest.fixture(scope="module")
def site():
    """Two nodes behind nginx."""
    with (
        fronts.nodes(2) as nodes,
        fronts.open_folder() as folder,
        fronts.running(folder, nodes) as running,
    ):
        running.wait_for(*nodes)
        yield running


@pytest.fixture
def node(site):
    """A node whose answers are given by the test; the other one gives the same."""
    first, second = site.nodes
    second.answers = first.answers = {}
    first.seen.clear()
    second.seen.clear()
    return first
