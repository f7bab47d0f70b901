import signal
import subprocess
import sys
import textwrap

import pytest

from tests.installation import ROOT

LAUNCHER = """
import os, signal, sys, time
from apps.serving.launching import run_guarded
from apps.serving.plan import Plan

def serve(plan, is_ready):
    print("serving", plan.extra_buffers, plan.reasons, flush=True)
    {body}

plan = Plan("tiny", "m", 1, 1, 0, 64, 1, 64, 1, 1, 1, extra_buffers={extra})
sys.exit(run_guarded(plan, serve))
"""
CRASH = "os.kill(os.getpid(), signal.SIGSEGV)"


def launched(body, *, extra=True):
    code = LAUNCHER.format(body=textwrap.indent(body, "    ").strip(), extra=extra)
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)


def test_a_model_that_crashes_while_it_is_loaded_is_loaded_again_without_extra_buffers():
    process = launched(f"if plan.extra_buffers: {CRASH}\nreturn 0")

    output = process.communicate(timeout=30)[0].decode().splitlines()

    assert process.returncode == 0
    assert [line.split("(")[0] for line in output] == ["serving True ", "serving False "]
    assert "the first start crashed (SIGSEGV)" in output[1]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (f"is_ready(); {CRASH}", 128 + signal.SIGSEGV),
        ("os.kill(os.getpid(), signal.SIGKILL)", 128 + signal.SIGKILL),
        ("return 1", 1),
        ("return 0", 0),
    ],
)
def test_only_a_crash_before_the_model_was_ready_is_tried_again(body, status):
    process = launched(body)

    output = process.communicate(timeout=30)[0].decode().splitlines()

    assert (process.returncode, len(output)) == (status, 1)


def test_a_crash_without_extra_buffers_ends_the_process():
    process = launched(CRASH, extra=False)

    process.communicate(timeout=30)

    assert process.returncode == -signal.SIGSEGV


def test_being_told_to_stop_is_passed_on():
    process = launched(
        "signal.signal(15, lambda *_: os._exit(7))\nprint(1, flush=True)\ntime.sleep(30)"
    )
    for _ in range(2):
        process.stdout.readline()

    process.terminate()
    process.communicate(timeout=30)

    assert process.returncode == 7


def test_a_killed_launcher_takes_the_model_with_it():
    process = launched("time.sleep(60)")
    process.stdout.readline()

    process.kill()
    process.communicate(timeout=30)  # ends when nobody holds the pipe any more

    assert process.returncode == -signal.SIGKILL
