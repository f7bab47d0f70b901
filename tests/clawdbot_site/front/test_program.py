"""Starting nginx, or telling one that runs already."""

import os
import signal
import subprocess
import sys

import pytest

from apps.core.config import REPOSITORY, Config
from clawdbot_site.front import program, rendering
from clawdbot_site.front.layout import Front, make_folder
from tests.clawdbot_site.front import fronts
from tests.clawdbot_site.front.fronts import until
from tests.services import free_port

BALANCER = [sys.executable, "-S", "-m", "clawdbot_site.front.balancer"]


@pytest.fixture
def folder():
    with fronts.open_folder() as parent:
        make_folder(parent / "a front")
        yield parent / "a front"


def written(folder, port=None, **front):
    port = port or free_port()
    rendering.write(Front(folder), Config(front={"http_port": port, **front}))
    return Front(folder)


def refusal(folder, **environment):
    done = subprocess.run(
        [*BALANCER, str(folder)], cwd=REPOSITORY, capture_output=True, text=True, check=False,
        timeout=60, env={**os.environ, **environment},
    )  # fmt: skip
    assert done.returncode == 1
    return done.stderr


def test_one_command_writes_the_configuration_and_serves(folder):
    port = free_port()
    settings = {"CLAWDBOT_HOME": str(folder), "CLAWDBOT_FRONT__HTTP_PORT": str(port)}
    command = [sys.executable, "-m", "clawdbot_site.cli.main", "front", "run", str(folder / "it")]

    served = subprocess.Popen(command, cwd=REPOSITORY, env={**os.environ, **settings})
    try:
        until(lambda: fronts.has_started(Front(folder / "it")))
        assert fronts.ask(port, "/-/alive").status == 204
    finally:
        served.terminate()

    assert served.wait(30) == 0


def test_a_configuration_that_nginx_refuses_is_told_in_its_words(folder):
    front = written(folder)
    (front.folder / "site.conf").write_text("no_such_thing;")

    assert 'unknown directive "no_such_thing"' in refusal(folder)


def test_a_machine_without_nginx_is_told(folder, monkeypatch):
    monkeypatch.setattr(program.shutil, "which", lambda *_, **__: None)

    with pytest.raises(program.NotHere, match="apt-get install nginx"):
        program.OwnServer(written(folder)).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's nginx becomes somebody else")
def test_a_folder_that_nginx_could_not_enter_is_told(folder):
    written(folder)
    folder.chmod(0o700)

    assert f"{folder} is closed to the user www-data" in refusal(folder)


def test_whatever_the_umask_is_nginx_reads_what_it_needs(folder):
    port = free_port()
    settings = {"CLAWDBOT_HOME": str(folder), "CLAWDBOT_FRONT__HTTP_PORT": str(port)}
    command = ["clawdbot_site.cli.main", "front", "run", str(folder / "it")]
    served = subprocess.Popen(
        [sys.executable, "-m", *command], cwd=REPOSITORY, env={**os.environ, **settings}, umask=0o77
    )
    try:
        until(lambda: fronts.has_started(Front(folder / "it")))
        known = fronts.ask(port, "/-/nodes")
    finally:
        served.terminate()
        served.wait(30)

    assert known.json["nodes"]


def test_an_nginx_that_runs_already_is_told_by_a_command(folder):
    with fronts.nodes(1) as (node,):
        front, told = written(folder, nodes=[node.address]), folder / "told"
        balancer = subprocess.Popen(
            [*BALANCER, str(folder), "--reload", f"touch '{told}'"], cwd=REPOSITORY
        )

        until(told.is_file)
        balancer.terminate()

    assert balancer.wait(30) == 0
    assert node.address in front.upstream.read_text()
    assert not front.pid.exists()


def test_a_command_that_fails_is_no_reload():
    assert program.ForeignServer("true").reload() == ""
    assert program.ForeignServer("false").reload() == "false ended with 1"


def test_after_a_rotation_a_new_log_is_written(folder):
    with fronts.nodes(1) as nodes, fronts.running(folder, nodes) as running:
        running.wait_for(*nodes)
        log = folder / "logs" / "access.log"
        log.rename(folder / "logs" / "access.log.1")
        running.balancer.send_signal(signal.SIGUSR1)
        until(log.is_file)

        running.ask("/after")

        until(lambda: "/after" in log.read_text())
