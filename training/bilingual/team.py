"""Training on several accelerators at once: every process reads other texts, the gradients are
averaged. Started by `torchrun --nproc-per-node N`; without it a team is one process."""

import os

import torch
from torch import Tensor, nn
from torch import distributed as remote


class Team:
    """The processes that train one model together."""

    def __init__(self) -> None:
        self.size, self.rank = (
            int(os.environ.get("WORLD_SIZE", "1")),
            int(os.environ.get("RANK", "0")),
        )
        if self.size > 1 and not remote.is_initialized():
            if torch.cuda.is_available():
                torch.cuda.set_device(self.rank % torch.cuda.device_count())
            remote.init_process_group("nccl" if torch.cuda.is_available() else "gloo")

    def average(self, model: nn.Module) -> None:
        """Put the mean of all processes' gradients in the place of each one's own."""
        if self.size == 1:
            return
        gradients = [value.grad for value in model.parameters() if value.grad is not None]
        flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
        remote.all_reduce(flat)
        flat /= self.size
        parts: list[Tensor] = list(flat.split([gradient.numel() for gradient in gradients]))
        shaped = [part.view_as(own) for part, own in zip(parts, gradients, strict=True)]
        torch._foreach_copy_(gradients, shaped)

    def agreed(self, value: float) -> float:
        """The value of the first process, in all of them: clocks differ, the last step must not."""
        if self.size == 1:
            return value
        held = torch.tensor(value, dtype=torch.float64)
        held = held.cuda() if torch.cuda.is_available() else held
        remote.broadcast(held, 0)
        return float(held)

    def close(self) -> None:
        """Leave."""
        if self.size > 1:
            remote.destroy_process_group()
