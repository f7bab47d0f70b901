"""`make setup` where it cannot succeed: one line, no traceback."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("sh", "cut", "cksum", "cat", "df", "awk", "dirname", "grep", "tail", "head", "rm", "tr")


@pytest.fixture
def clone(tmp_path):
    shutil.copytree(ROOT / "deploy", tmp_path / "clone" / "deploy")
    shutil.copy(ROOT / "requirements-workstation.txt", tmp_path / "clone")
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool))
    return tmp_path / "clone"


def setup(clone, **environment):
    path = {"PATH": str(clone.parent / "bin")}
    return subprocess.run(
        ["/bin/sh", "deploy/setup.sh", "workstation"], cwd=clone, env={**path, **environment},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_no_python_is_one_line_that_says_what_to_install(clone):
    done = setup(clone)

    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_too_old_a_python_is_named(clone):
    old = clone.parent / "bin" / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit 0\nexit 1\n')
    old.chmod(0o755)

    assert "found: Python 3.9.2" in setup(clone).stderr


def test_a_registry_out_of_reach_is_one_line(clone):
    done = setup(
        clone,
        PATH=os.environ["PATH"],
        PIP_INDEX_URL="https://127.0.0.1:9/simple",
        PIP_CONFIG_FILE="/dev/null",
        PIP_NO_CACHE_DIR="1",
    )

    assert done.returncode == 1
    assert "the package registry could not be reached" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_nothing_is_installed_under_a_running_node(clone):
    named = [clone / ".venv" / "bin" / "python", "-P", "-m", "clawdbot_site.supervision.daemon"]
    node = subprocess.Popen(["/bin/sh", "-c", "read line", *named], stdin=subprocess.PIPE)

    done = setup(clone)
    node.communicate()

    assert done.returncode == 1
    assert "a node is running" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
