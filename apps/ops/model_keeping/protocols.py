"""What the keeper needs of whoever runs processes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from apps.serving.plan import Plan


class Phase(StrEnum):
    """A model's process, as its supervisor sees it."""

    RUNNING = "running"  # it may still be loading
    RESTARTING = "restarting"  # it ended by itself, and is started again
    STOPPING = "stopping"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Seen:
    """One process; `pid` is 0 while there is none."""

    phase: Phase
    pid: int


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes that the node's processes take: private pages, and their share of shared ones."""

    node: int  # all that are no models
    models: Mapping[str, int] = field(default_factory=dict)  # by name, of those that run


class Processes(Protocol):
    """Starts and stops processes of models. Calls return at once; `seen` tells what came of them.

    All of them raise apps.core.errors.Conflict when the supervisor does not answer.
    """

    def seen(self) -> Mapping[str, Seen]:
        """The processes there are, by the model's name. Those that ended as told are gone."""

    def start(self, plan: Plan, *, host: str, port: int) -> None:
        """Start the model's process, in an environment without secrets; one that ends by itself
        is started again. One of that name must not be there."""

    def stop(self, name: str) -> None:
        """Tell it to stop. Safe to repeat, and for one that is not there."""

    def memory(self) -> Memory:
        """Look now; takes some milliseconds for each process."""

    def last_words(self, name: str) -> str:
        """The last line of its log that tells of an error; empty: none."""
