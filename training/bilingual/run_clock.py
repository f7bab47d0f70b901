"""Training for a given time: the learning rate falls with it; checkpoints to go on from."""

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn


@dataclass(slots=True)
class Clock:
    """`minutes` of training in all, `spent_s` of which earlier runs have used."""

    minutes: float
    rate: float
    warm_up_steps: int = 200
    spent_s: float = 0.0
    step: int = 0
    agreed: Callable[[float], float] = float  # what all processes of a team take the share to be
    _started: float = field(default_factory=time.monotonic)

    @property
    def share(self) -> float:
        """0 at the beginning, 1 at the end."""
        return (self.spent_s + time.monotonic() - self._started) / (60 * self.minutes)

    def steps(self, optimiser: torch.optim.Optimizer) -> Iterator[int]:
        """Counts the steps until the time is over, the learning rate falling to 1 %."""
        self._started = time.monotonic()
        while (share := self.agreed(self.share)) < 1:
            warm = min(1.0, (self.step + 1) / self.warm_up_steps)
            for group in optimiser.param_groups:
                group["lr"] = self.rate * warm * max(0.01, 1 - share)
            yield self.step
            self.step += 1


class Average:
    """Exponential moving average of the weights over the last part of a run."""

    def __init__(self, model: nn.Module, decay: float = 0.99) -> None:
        self._model, self._decay = model, decay
        self._held: list[Tensor] | None = None

    @torch.no_grad()
    def update(self) -> None:
        """Take the present weights in."""
        now = [parameter.detach() for parameter in self._model.parameters()]
        if self._held is None:
            self._held = [value.clone() for value in now]
        else:
            torch._foreach_lerp_(self._held, now, 1 - self._decay)

    @torch.no_grad()
    def apply(self) -> None:
        """Put the average into the model."""
        for parameter, value in zip(self._model.parameters(), self._held or [], strict=False):
            parameter.copy_(value)


def save(model: nn.Module, path: Path) -> None:
    """Weights in float16, in parts below 15 MB (what a borrowed machine sends back)."""
    state = {name: value.detach().half().cpu() for name, value in model.state_dict().items()}
    torch.save(state, path)
    data = path.read_bytes()
    part = 15_000_000
    if len(data) > part:
        for number, first in enumerate(range(0, len(data), part)):
            path.with_name(f"{path.name}.{number}").write_bytes(data[first : first + part])


def load(path: Path) -> dict[str, Tensor]:
    """What `save` wrote, whole or in parts, as float32."""
    parts = sorted(path.parent.glob(f"{path.name}.*"), key=lambda p: int(p.suffix[1:]))
    data = path.read_bytes() if path.exists() else b"".join(part.read_bytes() for part in parts)
    state = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    return {name: value.float() for name, value in state.items()}
