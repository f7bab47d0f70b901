"""Names of workers: whether whoever holds a row died on this host."""

import subprocess
import sys

from apps.core.worker_names import died_here, worker_name


def test_a_worker_that_lives_has_not_died():
    assert not died_here(worker_name())


def test_a_worker_whose_process_is_gone_died_here():
    host = worker_name().partition(":")[0]
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()

    assert died_here(f"{host}:{gone.pid}:0a1b2c3d")


def test_nothing_is_known_of_other_hosts_and_other_names():
    assert not died_here(f"elsewhere:{2**22 + 1}:0a1b2c3d")
    assert not died_here("")
    assert not died_here("somebody")


def test_no_two_names_are_alike():
    assert worker_name() != worker_name()
