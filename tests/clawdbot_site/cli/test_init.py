"""`clawdbot init`: told, asked, run again; and a new clawdbot.yaml under a real supervisor."""

import json
import os
import pty
import select
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from pytest_socket import socket_allow_hosts

from apps.core import config, config_file
from apps.core.errors import Conflict
from clawdbot_site.cli import applying
from clawdbot_site.cli.boundary import one_line_errors
from clawdbot_site.cli.launching import launch
from clawdbot_site.cli.main import load
from clawdbot_site.supervision import control, lifetime

CALL = [sys.executable, "-m", "clawdbot_site.cli.main", "init"]
TOLD = ["--yes", "--no-start"]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An installation that nothing is set up of yet; its supervisor's socket may be opened."""
    socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    monkeypatch.setenv("CLAWDBOT_HOME", str(tmp_path))
    config.load.cache_clear()
    yield tmp_path
    config.load.cache_clear()


@dataclass
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def init(home, capsys):
    """`clawdbot init` in this process, as the command line ends it."""

    def run(*arguments):
        code = 0
        try:
            with one_line_errors():
                load("init")(args=list(arguments), prog_name="clawdbot init")
        except SystemExit as end:
            code = end.code or 0
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return run


def said(home):
    return yaml.safe_load((home / "clawdbot.yaml").read_text())


def test_told_nothing_it_writes_what_suits_and_a_second_time_changes_nothing(home, init):
    first, text = init(*TOLD), (home / "clawdbot.yaml").read_text()
    second = init(*TOLD)

    assert (first.returncode, second.returncode) == (0, 0)
    assert text.startswith("# Clawdbot's configuration.")
    assert "says so already" in second.stderr
    assert (home / "clawdbot.yaml").read_text() == text


def test_what_it_is_told_is_written_and_what_was_there_stays(home, init):
    (home / "clawdbot.yaml").write_text("# ours\nservice: {port: 8000}  # the port\nlog: {}\n")

    done = init(*TOLD, "--profile", "edge", "--set", "log.level=DEBUG", "--allow-host", "kb.lan")

    found = said(home)
    assert done.returncode == 0
    assert (found["profile"], found["log"], found["ingest"]["max_file"]) == (
        "edge", {"level": "DEBUG"}, "50MB",
    )  # fmt: skip
    assert found["service"]["allowed_hosts"][-1] == "kb.lan"
    assert "# the port" in (home / "clawdbot.yaml").read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--yes", "--profile", "huge"], 2, "choose one of edge"),
        (["--yes", "--profile", "cluster"], 1, "database.url: A cluster needs"),
        (["--yes", "--set", "log.level=LOUD", "--port", "0"], 1, "service.port: "),
        (["--yes", "--set", "log"], 1, "write section.key=value"),
        (["--yes", "--upload", "/nowhere"], 2, "does not exist"),
        (["--yes", "--engine", "gguf", "--model", "/nowhere.gguf"], 1, "No such file"),
        ([], 2, "say --yes"),
    ],
)
def test_nonsense_is_refused_and_nothing_is_written(home, init, arguments, code, words):
    done = init(*arguments)

    assert done.returncode == code
    assert words in " ".join(done.stderr.split())
    assert not (home / "clawdbot.yaml").exists()


def test_what_needs_a_node_is_not_passed_over_in_silence(home, init):
    done = init(*TOLD, "--collection", "Rules")

    assert done.returncode == 1
    assert "Nothing runs here" in done.stderr


def test_a_dry_run_shows_and_writes_nothing(home, init):
    done = init("--dry-run", "--json", "--engine-url", "http://127.0.0.1:9", "--language", "en")

    told = json.loads(done.stdout)
    assert told["machine"]["memory_bytes"] > 0
    keys = {change["key"] for change in told["changes"]}
    assert {"service.language", "serving.servers"} <= keys
    assert "Nothing answers" in done.stderr
    assert not (home / "clawdbot.yaml").exists()


def test_services_that_do_not_answer_are_told_at_once(home, init):
    nowhere = "127.0.0.1:9"
    done = init("--dry-run", "--database-url", f"postgresql://u:p@{nowhere}/x",
                "--broker-url", f"redis://{nowhere}/0")  # fmt: skip

    assert "The database cannot be reached. Check database.url" in done.stderr
    assert "Redis cannot be reached. Check broker.url" in done.stderr


def test_a_person_is_asked_step_by_step_and_nonsense_is_asked_again(home):
    answers = [
        ("Pages", "3"), ("Size", "big"), ("Size", "edge"), ("Engine", ""), ("limits right", "n"),
        ("Share", "2"), ("Share", "0.5"), ("Memory", ""), ("answered at one", "3"),
        ("Largest", ""), ("one person", ""), ("open it?", "n"), ("Write this", "y"),
    ]  # fmt: skip

    told = dialogue(answers, "--no-start")

    found = said(home)
    assert "at most 1" in told
    assert "Type a number from 1 to 4" in told
    assert (found["profile"], found["service"]["language"]) == ("edge", "zh-hans")
    assert (found["resource"]["cpu_limit"], found["service"]["max_concurrent"]) == (0.5, 3)


def test_nothing_is_written_where_the_person_says_no(home):
    answers = [("Pages", ""), ("Size", ""), ("Engine", ""), ("limits right", ""),
               ("open it?", ""), ("Write this", "n")]  # fmt: skip

    assert "Nothing was written" in dialogue(answers)
    assert not (home / "clawdbot.yaml").exists()


def dialogue(answers, *arguments):
    """What a terminal shows while somebody answers."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*CALL, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
    )  # fmt: skip
    os.close(theirs)
    shown, since = "", 0
    waiting = list(answers)
    while piece := piece_of(ours):
        shown += piece
        if waiting and waiting[0][0] in shown[since:] and shown.endswith(": "):
            since = len(shown)
            os.write(ours, f"{waiting.pop(0)[1]}\n".encode())
    process.wait(timeout=30)
    assert not waiting, shown
    return shown


def piece_of(terminal):
    assert select.select([terminal], [], [], 30)[0], "it is silent"
    try:
        return os.read(terminal, 65_536).decode(errors="replace")
    except OSError:  # the other end is closed
        return ""


@pytest.fixture
def supervisor(home):
    """A running supervisor without processes."""
    (home / "clawdbot.yaml").write_text("# ours\nservice: {port: 8000}\n")
    process = launch(config.load(), [], is_attached=True, names=())
    yield process
    lifetime.stop_child(config.load(), process, print)


def test_a_running_supervisor_follows_and_stays_the_same_process(home, supervisor):
    after = applying.apply("# ours\nservice: {port: 8000, max_concurrent: 4}\n")

    assert after.service.max_concurrent == 4
    assert supervisor.poll() is None
    lifetime.wait_for_answer(after, supervisor)
    assert control.pid(after) == supervisor.pid
    assert (home / "clawdbot.yaml.before").read_text() == "# ours\nservice: {port: 8000}\n"


def test_what_cannot_be_is_put_back(home, supervisor):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Conflict, match="cannot be used"):
            applying.apply(f"service: {{port: {port}}}\n")
    with pytest.raises(Conflict, match="data_dir"):
        applying.apply("storage: {data_dir: other}\n")
    with pytest.raises(Conflict, match="no such key"):
        applying.apply("service: {prot: 1}\n")

    assert (home / "clawdbot.yaml").read_text() == "# ours\nservice: {port: 8000}\n"
    assert config.load().service.port == 8000


def test_a_page_has_it_done_by_a_process_of_its_own(home, supervisor):
    from clawdbot_site.installation.applying import SupervisedNode, staged

    text = "service: {port: 8000, max_concurrent: 4}\n"
    assert SupervisedNode().obstacle() == ""
    staged(config.load()).write_text(text)
    command = [sys.executable, "-m", "clawdbot_site.cli.main", "apply-step"]

    assert subprocess.run(command, check=False).returncode == 0

    assert config_file.text() == text
    assert json.loads(Path(home, "data/run/applied.json").read_text())["state"] == "done"


def test_a_page_cannot_where_nothing_of_ours_runs(home):
    from clawdbot_site.installation.applying import SupervisedNode

    assert SupervisedNode().obstacle() == "not_ours"
