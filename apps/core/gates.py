"""What may stand in the way of a switch: told here by who measures, asked by who switches."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from apps.core.errors import ClawdbotError, Conflict

REFUSED = "gate_refused"  # codes of the Conflict that a gate raises
UNMEASURED = "gate_unmeasured"


class SwitchKind(StrEnum):
    """What is exchanged."""

    GENERATION = "generation"  # the embedding model, with its index
    PROFILE = "profile"  # of a collection
    MODEL = "model"  # engine or language model of a profile
    CONFIG = "config"  # what clawdbot.yaml says of search and answers


@dataclass(frozen=True, slots=True)
class Switch:
    """What is about to be put in the place of what is in force.

    `values`: {"generation": key}; {"profile": name, "collection": key}; or
    {"of": profile, "engine": name, "model": name}; {"config": digest}. They can be stored as JSON.
    """

    kind: SwitchKind
    values: dict[str, Any]

    @property
    def subject(self) -> str:
        """The same text for the same switch."""
        told = ",".join(f"{key}={self.values[key]}" for key in sorted(self.values))
        return f"{self.kind}:{told}"


class Closed(Conflict):
    """A gate is in the way. `write`: what it wrote down, which a rolled back transaction loses."""

    def __init__(self, message: str, *, code: str, write: Callable[[], None]) -> None:
        super().__init__(message, code=code)
        self.write = write


def write_again(error: ClawdbotError) -> None:
    """After a rollback: what a gate wrote is written anew. Safe to repeat; others wrote nothing."""
    if isinstance(error, Closed):
        error.write()


Gate: TypeAlias = Callable[[Switch, Any], None]

_gates: dict[str, Gate] = {}


def register(name: str, gate: Gate) -> None:
    """`gate` (switch, the user or None) returns, or raises Closed with one of the codes above."""
    _gates[name] = gate


def require_open(switch: Switch, *, by: Any) -> None:
    """Pass, or raise Closed where a gate is in the way. Before anything is written."""
    for gate in _gates.values():
        gate(switch, by)
