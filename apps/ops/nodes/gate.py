"""Whether a node whose index is behind, or damaged, keeps out of the balancers' way."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from apps.core import clock
from apps.core.node_records import NodeProcess
from apps.core.nodes import node_name

PATIENCE_S = 5.0  # a burst of changes is followed in less; peers learn of it in less, too
CAUGHT_UP = 0.1  # of node.max_lag: it comes back well below the line at which it left
HEARD_OF = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the index of this node stands: changes it lacks; whether files of it are missing."""

    lag: int
    has_gaps: bool
    max_lag: int

    @property
    def is_behind(self) -> bool:
        """Others would answer better."""
        return self.has_gaps or self.lag > self.max_lag

    @property
    def is_caught_up(self) -> bool:
        """It answers as well as any."""
        return not self.has_gaps and self.lag <= self.max_lag * CAUGHT_UP


class Gate:
    """Closes behind a node that is behind for a while, opens when it has caught up.

    Only as long as another node answers that is not behind: an answer from an old index is better
    than none, so where all lag, or there is one node, nobody leaves.
    """

    def __init__(self, has_better: Callable[[], bool]) -> None:
        self._has_better = has_better
        self._behind_since: float | None = None
        self.is_open = True

    def look(self, standing: Standing) -> bool:
        """Take note of how it stands now; tells whether the node may answer."""
        now = time.monotonic()
        if not standing.is_behind and (self.is_open or standing.is_caught_up):
            self._behind_since, self.is_open = None, True
            return True
        self._behind_since = self._behind_since or now
        is_over = now - self._behind_since >= PATIENCE_S
        self.is_open = not ((is_over or not self.is_open) and self._has_better())
        return self.is_open


def has_better_node() -> bool:
    """Whether the web server of another node is ready, and its index not behind."""
    others = NodeProcess.objects.filter(
        kind="web", state=NodeProcess.State.READY, seen_at__gte=clock.now() - HEARD_OF
    ).exclude(node=node_name())
    return any(not figures.get("is_behind") for figures in others.values_list("figures", flat=True))
