"""`clawdbot report` and `clawdbot mail`."""

import json

import pytest
from typer.testing import CliRunner

from apps.core.errors import ClawdbotError, Invalid
from apps.ops.report_records import MonthlyReport
from apps.ops.reports.months import Month
from clawdbot_site.cli import mail, report
from tests.mail_server import mail_server

pytestmark = pytest.mark.django_db


def call(*arguments):
    result = CliRunner().invoke(report.app, list(arguments))
    if isinstance(result.exception, ClawdbotError):
        raise result.exception
    return result.stdout


def test_a_report_is_made_listed_and_written_to_a_file(tmp_path):
    last = str(Month.now().before)

    told = json.loads(call("make", "--json", "--to", str(tmp_path / "a.pdf")))
    call("save", str(tmp_path / "a.html"), "--language", "zh-hans")

    assert (told["month"], told["is_complete"], told["file"][-5:]) == (last, True, "a.pdf")
    with pytest.raises(Invalid, match="is kept in en, zh-hans"):
        call("save", str(tmp_path / "a.html"), "--language", "fr")
    assert [one["month"] for one in json.loads(call("list", "--json"))] == [last]
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert '<html lang="zh-hans">' in (tmp_path / "a.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("wrong", [("--month", "October"), ("--to", "report.docx")])
def test_nonsense_is_refused_before_anything_is_made(wrong):
    with pytest.raises(Invalid):
        call("make", *wrong)

    assert not MonthlyReport.objects.exists()


def test_a_test_mail_says_whether_the_server_took_it(configured):
    with mail_server() as letters:
        letters.refused = {"gone@company.lan"}
        configured("mail", host="127.0.0.1", port=letters.port, tls="none", sender="kb@company.lan")

        ended = [
            CliRunner().invoke(mail.app, ["test", address]).exit_code
            for address in ("a@company.lan", "gone@company.lan")
        ]

    assert (ended, [to for to, _ in letters.taken]) == ([0, 1], ["a@company.lan"])
