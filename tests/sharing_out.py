"""Which worker runs which tests: a file stays together, so that what it starts is started once.

The tests of the browser and those of the cluster share a node, or three, by folder. They begin
first: whoever begins the longest piece of work last waits for it.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/browser/", "tests/cluster/")
FIRST = (*TOGETHER, "tests/install/", "tests/deploy/")


class FilesTogether(LoadScopeScheduling):
    """Hands out files, in the order of collection, and the folders TOGETHER as a whole."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, the others as they were found."""
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))


def pytest_xdist_make_scheduler(config: Any, log: Any) -> FilesTogether:
    """Called by pytest-xdist in the process that shares out."""
    config.option.loadscopereorder = False
    return FilesTogether(config, log)
