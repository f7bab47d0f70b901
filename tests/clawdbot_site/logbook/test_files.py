"""Reading and following logs, rotated ones among them."""

import json
from itertools import islice

import pytest
from typer.testing import CliRunner

from apps.core import config
from clawdbot_site.cli import logs as command
from clawdbot_site.logbook import following
from clawdbot_site.logbook.choosing import Choice
from clawdbot_site.supervision import places

LINE = "2026-11-23 12:00:{:02},000 {} apps.x [{}] number {}\n"


@pytest.fixture
def folder():
    folder = places.log_dir(config.load())
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
    for path in folder.iterdir():
        path.unlink()


def write(path, *seconds, level="INFO", request="-", how="w"):
    with path.open(how) as file:
        file.writelines(LINE.format(one, level, request, one) for one in seconds)


def call(*arguments):
    return CliRunner().invoke(command.app, list(arguments))


def numbers(result):
    return [int(line.rsplit(" ", 1)[1]) for line in result.stdout.splitlines()]


def test_logs_of_several_processes_are_merged_by_time(folder):
    write(folder / "web.log", 1, 4)
    write(folder / "beat.log", 2, 5)
    write(folder / "web.out.log", 3)

    assert numbers(call()) == [1, 2, 4, 5]
    assert call("web", "beat").stdout.startswith("web  ")


def test_the_last_lines_reach_back_into_rotated_files(folder):
    write(folder / "web.log", 8, 9)
    write(folder / "web.log.1", 5, 6, 7)
    write(folder / "web.log.2", 1, 2)

    assert numbers(call("web", "-n", "4")) == [6, 7, 8, 9]
    assert numbers(call("web", "--grep", "number")) == [1, 2, 5, 6, 7, 8, 9]


def test_one_request_is_followed_through_all_processes(folder):
    write(folder / "web.log", 1, 2, request="abc12345")
    write(folder / "worker-parse.log", 3, request="other999", level="ERROR")

    (first, second) = map(json.loads, call("--request", "abc12345", "--json").stdout.splitlines())

    assert (first["process"], first["request_id"], first["message"]) == (
        "web", "abc12345", "number 1"
    )  # fmt: skip
    assert second["at"].startswith("2026-11-23T12:00:02")
    assert numbers(call("--level", "error")) == [3]


def test_a_log_that_is_rotated_or_begun_is_followed(folder, monkeypatch):
    write(folder / "web.log", 1)
    steps = iter([
        lambda: write(folder / "web.log", 2, how="a"),
        lambda: ((folder / "web.log").rename(folder / "web.log.1"), write(folder / "web.log", 3)),
        lambda: write(folder / "beat.log", 4),
    ])  # fmt: skip
    monkeypatch.setattr(following.time, "sleep", lambda _: next(steps)())

    seen = list(islice(following.follow(config.load(), (), Choice()), 3))

    assert [one.message for one in seen] == ["number 2", "number 3", "number 4"]


def test_a_process_without_a_log_is_refused_with_those_that_have_one(folder):
    write(folder / "web.log", 1)

    result = call("wep")

    assert "There are: web" in str(result.exception)
