"""Two processes that train one model together take the same step."""

import os
import socket
import subprocess
import sys

import pytest

from tests.training.pytorch import with_torch

MEMBER = """
import torch
from training.bilingual.team import Team
team = Team()
model = torch.nn.Linear(2, 1)
for value in model.parameters():
    value.grad = torch.full_like(value, 1.0 + 2 * team.rank)
team.average(model)
print([value.grad.flatten().tolist() for value in model.parameters()], team.agreed(0.5 + team.rank))
team.close()
"""


@pytest.fixture
def said():
    """What each of two processes prints."""
    with_torch("torch")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    team = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": "2"}
    members = [
        subprocess.Popen(
            [sys.executable, "-c", MEMBER],
            env=os.environ | team | {"RANK": str(rank), "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    return [member.communicate(timeout=120)[0].strip() for member in members]


def test_gradients_are_averaged_and_the_clock_is_the_first_ones(said):
    assert said == ["[[2.0, 2.0], [2.0]] 0.5"] * 2
