"""The `clawdbot` command as a whole: help, exit codes, no tracebacks."""

import errno
import os
import subprocess
import sys

import pytest
from django.db import OperationalError

from clawdbot_site.cli.boundary import database_advice, one_line_errors
from clawdbot_site.cli.console import print_table
from clawdbot_site.cli.main import COMMANDS, load

CALL = "from clawdbot_site.cli.main import main; main()"


@pytest.fixture
def clawdbot(tmp_path):
    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", CALL, *arguments],
            env={**os.environ, "CLAWDBOT_HOME": str(tmp_path)},
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    return call


def test_help_names_every_command_and_loads_none():
    code = "import sys; from clawdbot_site.cli import main; print('django' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


def test_help_lists_what_an_operator_can_do(clawdbot):
    done = clawdbot("--help")

    assert done.returncode == 0
    assert all(name in done.stdout for name, spec in COMMANDS.items() if not spec.is_hidden)
    assert "prepare-step" not in done.stdout


@pytest.mark.parametrize(("name", "inner"), [("backup", "verify"), ("index", "switch")])
def test_help_of_a_group_cuts_no_sentence_off_and_draws_no_frames(capsys, name, inner):
    group = load(name)

    group.main(["--help"], standalone_mode=False)

    said = capsys.readouterr().out
    assert group.commands[inner].help.split(".")[0] in " ".join(said.split())
    assert "─" not in said


@pytest.mark.parametrize("arguments", [("frobnicate",), ("scale",), ("scale", "--workers", "x")])
def test_wrong_usage_is_exit_code_2(clawdbot, arguments):
    assert clawdbot(*arguments).returncode == 2


@pytest.mark.parametrize(
    ("yaml", "named"),
    [
        ("service: {prt: 1}", "service.prt"),
        ("service: {port: 99999}", "service.port"),
        ("service: {port: [", "line"),
        ("just text", "sections"),
    ],
)
def test_a_bad_configuration_is_one_line_that_names_the_key(clawdbot, tmp_path, yaml, named):
    (tmp_path / "clawdbot.yaml").write_text(yaml)

    done = clawdbot("status")

    assert done.returncode == 1
    assert named in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_database_that_is_not_set_up_is_one_line(clawdbot):
    done = clawdbot("ask", "anything")

    assert done.returncode == 1
    assert done.stderr.strip() == "clawdbot: The database is not set up yet. Run: clawdbot up"


def test_a_table_that_nobody_watches_is_whole_whatever_is_in_it(capsys):
    names = ("员工手册 " * 30, "[/x]")

    print_table(("one", "two"), [names])

    assert capsys.readouterr().out.split()[-31:] == [*["员工手册"] * 30, "[/x]"]


def test_status_of_what_does_not_run_is_exit_code_1(clawdbot):
    done = clawdbot("status")

    assert done.returncode == 1
    assert "not running" in done.stdout


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOENT, "no file or folder /x/y"), (errno.ENOTDIR, "/x/y"), (errno.ENOSPC, "is full")],
)
def test_what_a_disk_refuses_is_one_line_and_no_bug(capsys, number, said):
    with pytest.raises(SystemExit) as ended, one_line_errors():
        raise OSError(number, os.strerror(number), "/x/y")

    assert ended.value.code == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ('connection failed: FATAL:  database "kb" does not exist', "no such database"),
        ('connection failed: FATAL:  role "kb" does not exist', "no such user"),
        ('FATAL:  password authentication failed for user "kb"', "user or password"),
        ("failed to resolve host 'db.lan': [Errno -2]", "host of the database"),
        ('relation "core_node" does not exist', "not set up yet"),
        ('column "made_with" does not exist', "older version"),
    ],
)
def test_what_a_database_says_becomes_what_to_do(told, said):
    assert said in database_advice(OperationalError(told))
