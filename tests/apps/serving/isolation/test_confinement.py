import json
import os
import platform
import subprocess
import sys
from dataclasses import replace

import pytest

from apps.serving.isolation import landlock
from apps.serving.isolation.confinement import memory_limit
from apps.serving.plan import Plan
from tests.installation import ROOT

NEEDED = [
    "read the model", "import a library", "start Python", "see the processors", "serve",
    "throw away",
]  # fmt: skip
PLAN = Plan("tiny", "/m.gguf", 1, 1, 0, 64, 1, 64, 1, 1, memory_bytes=4_000_000_000)


@pytest.mark.skipif(landlock.version() < 6, reason="this kernel's Landlock is older")
@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="no seccomp filter")
def test_a_confined_process_reaches_its_model_and_its_port_and_nothing_else(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "data").mkdir()
    model, secret = tmp_path / "models" / "m.gguf", tmp_path / "data" / "contract.txt"
    model.write_text("weights")
    secret.write_text("the vault code is 42")

    tried = subprocess.run(
        [sys.executable, "-m", "tests.apps.serving.isolation.confined", model, secret,
         str(os.getpid())],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip

    assert json.loads(tried.stdout) == NEEDED


def test_a_limit_leaves_room_above_the_plan_and_more_for_the_drivers_of_a_gpu():
    on_the_processor, on_a_gpu = memory_limit(PLAN), memory_limit(replace(PLAN, gpu_layers=9))

    assert on_the_processor > PLAN.memory_bytes * 1.25
    assert on_a_gpu > on_the_processor
