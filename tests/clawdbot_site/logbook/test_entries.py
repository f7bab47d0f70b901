"""Logs as entries."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from apps.core.errors import Invalid
from clawdbot_site.logbook.choosing import Choice, since_of
from clawdbot_site.logbook.entries import entries

WEB = """\
[2026-11-23 12:24:37 +0000] [16930] [INFO] Starting gunicorn 27.0.1
2026-11-23 12:24:42,166 ERROR apps.core.refusals [-] unexpected error abc
Traceback (most recent call last):
  File "x.py", line 1, in f
ValueError: no
2026-11-23 12:24:43,000 WARNING apps.api [d6a677d9] slow
"""
ACCESS = (
    '[23/Nov/2026:12:24:43 +0000] ::1 "GET /x/" {} 21 0.004s [cb1e5b04db] "curl/7.88 [x] \\"y\\""'
)


def read(text, **options):
    return list(entries(text.splitlines(keepends=True), process="web", **options))


def test_a_traceback_belongs_to_the_line_before_it():
    started, failed, slow = read(WEB)

    assert [one.level for one in (started, failed, slow)] == ["INFO", "ERROR", "WARNING"]
    assert (failed.logger, failed.request, len(failed.lines)) == ("apps.core.refusals", "", 4)
    assert (slow.request, slow.message) == ("d6a677d9", "slow")


def test_times_without_a_zone_are_of_the_one_that_is_said():
    _, failed, _ = read(WEB, zone=ZoneInfo("Asia/Shanghai"))

    assert failed.at.astimezone(UTC) == datetime(2026, 11, 23, 4, 24, 42, 166000, UTC)


@pytest.mark.parametrize(("status", "level"), [(200, "INFO"), (404, "INFO"), (503, "WARNING")])
def test_an_access_line_tells_time_request_and_whether_it_failed(status, level):
    (one,) = read(ACCESS.format(status))

    assert (one.level, one.request) == (level, "cb1e5b04db")
    assert one.at == datetime(2026, 11, 23, 12, 24, 43, tzinfo=UTC)


def test_a_command_that_crashed_stands_where_and_as_what_it_happened():
    text = "2026-11-23T12:24:33.668000+00:00 report save x.pdf\nTraceback (most recent call last):"

    (one,) = read(text)

    assert (one.level, one.message, len(one.lines)) == ("ERROR", "report save x.pdf", 2)
    assert one.at == datetime(2026, 11, 23, 12, 24, 33, 668000, UTC)


def test_supervisors_short_words_for_levels_are_understood():
    (one,) = read("2026-11-23 12:24:33,668 CRIT Server 'x' running: without\n")

    assert (one.level, one.logger) == ("CRITICAL", "")
    assert one.message == "Server 'x' running: without"


def test_lines_of_json_are_entries_too():
    line = '{"time": "2026-11-23T12:00:00+08:00", "level": "warning", "logger": "a", "message": "b"'

    first, second = read(line + ', "request_id": "r1", "pid": 7}\n{"time": "no", "level": 3}\n')

    assert first.at == datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=8)))
    assert (first.level, first.request, first.more) == ("WARNING", "r1", {"pid": 7})
    assert (second.at, second.level) == (None, "INFO")


def test_lines_of_json_are_shown_as_people_read_them():
    line = '{"time": "2026-11-23T12:00:00.5Z", "level": "ERROR", "logger": "a", "message": "b"'

    (one,) = read(line + ', "exception": "Traceback\\nValueError", "pid": 1}\n')

    assert one.readable == ["2026-11-23 12:00:00,500 ERROR a [-] b", "Traceback", "ValueError"]


@pytest.mark.parametrize("text", ["", "{broken\n", "just words\n", "[] {}\n"])
def test_what_is_no_entry_is_kept_as_it_is(text):
    assert "\n".join(one.text for one in read(text)) == text.strip()


@pytest.mark.parametrize(("text", "hours"), [("30s", 1 / 120), ("90m", 1.5), ("2h", 2), ("1d", 24)])
def test_a_span_reaches_back_from_now(text, hours):
    now = datetime(2026, 11, 23, tzinfo=UTC)

    assert since_of(text, now=now) == now - timedelta(hours=hours)


def test_a_time_that_is_none_is_refused_with_what_to_write():
    with pytest.raises(Invalid, match="10m"):
        since_of("yesterday")


@pytest.mark.parametrize(
    ("choice", "count"),
    [
        (Choice(), 3),
        (Choice(level="ERROR"), 1),
        (Choice(request="d6a677d9"), 1),
        (Choice(text="valueerror"), 1),
        (Choice(since=datetime(2026, 11, 23, 12, 24, 43, tzinfo=UTC)), 1),
    ],
)
def test_entries_are_chosen_whole(choice, count):
    assert sum(map(choice.takes, read(WEB))) == count
