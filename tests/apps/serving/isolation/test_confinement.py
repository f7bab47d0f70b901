import json
import os
import platform
import resource
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
# CUDA does not start without these two; a driver's memory is beyond what a test takes
NEEDED_ON_A_GPU = [*NEEDED, "use a local socket", "name a thread", "take memory"]
PLAN = Plan("tiny", "/m.gguf", 1, 1, 0, 64, 1, 64, 1, 1, memory_bytes=4_000_000_000)


@pytest.mark.skipif(landlock.version() < 6, reason="this kernel's Landlock is older")
@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="no seccomp filter")
@pytest.mark.parametrize(("gpu_layers", "needed"), [("0", NEEDED), ("9", NEEDED_ON_A_GPU)])
def test_a_confined_process_reaches_its_model_and_its_port_and_nothing_else(
    tmp_path, gpu_layers, needed
):
    (tmp_path / "models").mkdir()
    (tmp_path / "data").mkdir()
    model, secret = tmp_path / "models" / "m.gguf", tmp_path / "data" / "contract.txt"
    model.write_text("weights")
    secret.write_text("the vault code is 42")

    tried = subprocess.run(
        [sys.executable, "-m", "tests.apps.serving.isolation.confined", model, secret,
         str(os.getpid()), gpu_layers],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip

    assert json.loads(tried.stdout) == needed


def test_a_limit_leaves_room_above_the_plan_and_more_for_the_drivers_of_a_gpu():
    on_the_processor, on_a_gpu = memory_limit(PLAN), memory_limit(replace(PLAN, gpu_layers=9))

    assert on_the_processor > PLAN.memory_bytes * 1.25
    assert on_a_gpu > on_the_processor


def test_the_stacks_of_many_threads_do_not_use_a_limit_up():
    few, many = memory_limit(PLAN), memory_limit(replace(PLAN, batch_threads=127))

    assert many - few >= 126 * resource.getrlimit(resource.RLIMIT_STACK)[0]
