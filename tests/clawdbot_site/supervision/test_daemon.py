"""The supervisor on a disk that takes nothing more."""

import subprocess
import sys
import time

import pytest

CONF = """
[supervisord]
logfile=/dev/full
logfile_maxbytes=0
pidfile={folder}/pid
[program:talker]
command=sh -c "seq 50; touch {folder}/said; exec sleep 60"
stdout_logfile=/dev/full
stdout_logfile_maxbytes=0
"""


@pytest.fixture
def supervisor(tmp_path):
    (tmp_path / "conf").write_text(CONF.format(folder=tmp_path))
    command = [sys.executable, "-m", "clawdbot_site.supervision.daemon", "-n", "-c"]
    with (
        open("/dev/full", "wb") as full,
        subprocess.Popen([*command, str(tmp_path / "conf")], stdout=full, stderr=full) as one,
    ):
        yield one
        one.terminate()


def test_a_full_disk_costs_lines_of_the_log_and_not_the_supervisor(supervisor, tmp_path):
    while not (tmp_path / "said").exists() and supervisor.poll() is None:
        time.sleep(0.05)

    with pytest.raises(subprocess.TimeoutExpired):
        supervisor.wait(timeout=1)
