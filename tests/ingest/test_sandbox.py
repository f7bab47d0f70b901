"""A file is parsed in a child; whatever happens to that, the parent gets a reason and lives on."""

import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from apps.core import config
from ingest import sandbox, sandbox_records, sandbox_server
from ingest.loaders.protocol import Block, BlockKind, FileFacts, LoadError, ParsedPage
from tests.ingest.loaders.files import write_pdf

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def limited(monkeypatch):
    """Set limits of `ingest` for one test."""

    def limit(**limits):
        loaded = config.load()
        changed = loaded.model_copy(update={"ingest": loaded.ingest.model_copy(update=limits)})
        monkeypatch.setattr(config, "load", lambda: changed)

    return limit


@pytest.fixture
def slow_file(tmp_path):
    path = tmp_path / "slow.md"
    path.write_text(
        "# Head *x*\n\nSome **words** and [more](http://x.org) of `them`.\n\n" * 400_000
    )
    return path


def small_file(tmp_path, text="Hello.", name="a.txt"):
    path = tmp_path / name
    path.write_text(text)
    return path


def refusal(path):
    with pytest.raises(LoadError) as error:
        list(sandbox.parse(path, filename=path.name))
    return error.value


def test_facts_come_first_then_the_pages(tmp_path):
    facts, page = sandbox.parse(small_file(tmp_path, "你好。"), filename="a.txt")

    assert facts == FileFacts("text/plain")
    assert (page.number, page.text, len(page.blocks)) == (1, "你好。", 1)


def test_an_empty_file_is_refused(tmp_path):
    assert refusal(small_file(tmp_path, "")).code == "empty"
    assert refusal(small_file(tmp_path, " \n ")).code == "empty"


def test_too_little_memory_is_said_so(tmp_path, limited):
    limited(parse_memory="600MB")
    path = small_file(tmp_path, f"[{'[[]],' * 4_000_000}[]]", "a.json")

    assert refusal(path).code == "out_of_memory"


def test_too_much_cpu_time_ends_the_child(slow_file, limited):
    limited(parse_cpu_s=1)

    assert refusal(slow_file).code == "timed_out"


def test_the_wall_clock_ends_the_child(slow_file, limited):
    limited(parse_wall_s=1)

    assert refusal(slow_file).code == "timed_out"


def test_a_crash_is_a_reason_with_the_page_reached(tmp_path, monkeypatch):
    lines = [[(50, 700, 10, "words of a page " * 5)]] * 3000
    path = write_pdf(tmp_path / "a.pdf", lines)
    children = []
    start = sandbox_server.start_child
    monkeypatch.setattr(
        sandbox_server, "start_child", lambda *args: children.append(start(*args)) or children[-1]
    )

    records = sandbox.parse(path, filename="a.pdf")
    pages = [next(records), next(records)]
    os.kill(children[0].pid, signal.SIGSEGV)
    with pytest.raises(LoadError) as error:
        pages += list(records)

    assert error.value.code == "parser_crashed"
    assert error.value.page == pages[-1].number


def test_too_many_pages_are_refused(tmp_path, limited):
    limited(max_pages=2)
    path = write_pdf(tmp_path / "a.pdf", [[(50, 700, 10, "words")]] * 3)

    assert refusal(path).code == "too_large"


def test_a_child_can_be_killed_at_any_time(slow_file):
    child = sandbox_server.start_child(slow_file, "a.md", sandbox._limits())
    with child:
        child.kill()
        report = child.report()

    assert report.exit_code == -signal.SIGKILL


def test_several_threads_parse_at_the_same_time(tmp_path):
    paths = [small_file(tmp_path, f"Text {number}.", f"{number}.txt") for number in range(12)]

    with ThreadPoolExecutor(4) as threads:
        texts = list(
            threads.map(lambda path: list(sandbox.parse(path, filename=path.name))[1].text, paths)
        )

    assert texts == [f"Text {number}." for number in range(12)]


def test_a_dead_fork_server_is_replaced(tmp_path):
    path = small_file(tmp_path)
    list(sandbox.parse(path, filename="a.txt"))
    os.kill(sandbox_server.current_pid(), signal.SIGKILL)

    assert len(list(sandbox.parse(path, filename="a.txt"))) == 2


def test_a_fork_server_that_does_not_listen_is_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox_server, "ENDING_S", 0.1)
    path = small_file(tmp_path)
    list(sandbox.parse(path, filename="a.txt"))
    os.kill(sandbox_server.current_pid(), signal.SIGSTOP)

    assert len(list(sandbox.parse(path, filename="a.txt"))) == 2


def test_the_child_loads_no_django():
    code = "import sys, ingest.sandbox_child; sys.exit('django' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=False).returncode == 0


def test_a_parser_reaches_no_network():
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = (
            "import socket; from ingest import sandbox_limits; sandbox_limits.cut_network();"
            f"socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), timeout=2)"
        )
        ended = subprocess.run(
            [sys.executable, "-c", code], cwd=REPOSITORY, check=False, capture_output=True
        )

    assert ended.returncode == 1
    assert b"OSError" in ended.stderr or b"Error: [Errno" in ended.stderr


def test_where_no_namespace_can_be_made_the_kernel_refuses_a_parser_sockets():
    code = (
        "import _socket; from ingest import sandbox_limits; sandbox_limits._CLONE_NEWNET = -1;"
        "assert sandbox_limits.cut_network(); _socket.socket()"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, check=False, capture_output=True
    )

    assert b"PermissionError" in ended.stderr


@pytest.mark.parametrize(
    "record",
    [
        FileFacts("text/plain", "标题", 3, {"author": "a"}),
        ParsedPage(1, "text", (Block(BlockKind.TEXT, 0, 4),), "label"),
        None,
    ],
)
def test_records_come_back_as_they_went(record):
    assert sandbox_records.decode(sandbox_records.encode(record)) == record


@pytest.mark.parametrize(
    "line",
    [b"", b"nonsense", b"[]", b'{"page": [1, "ab", [["text", 1, 9, 0, ""]], ""]}', b'{"x": 1}'],
)
def test_a_line_that_no_sound_child_writes_is_refused(line):
    with pytest.raises(sandbox_records.BadRecord):
        sandbox_records.decode(line)
