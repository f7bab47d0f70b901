"""Home tells what became of monthly reports."""

from datetime import UTC, datetime

import pytest

from apps.ops.report_health import reports
from apps.ops.report_records import MonthlyReport
from apps.ops.reports import making
from tests.apps.ops.reports.conftest import NOW, OCTOBER

State = MonthlyReport.State


@pytest.mark.parametrize(
    ("row", "tone", "advice"),
    [
        ({"state": State.FAILED, "message": making.BUG}, "bad", "October 2026 could not be made"),
        ({"mail_message": "The server is away."}, "warn", "Why: The server is away."),
        ({"mail_message": "No.", "mail_attempts": 24}, "warn", "mail it from its page"),
        ({"mail_message": "Refused: a@b", "mailed_at": NOW}, "warn", "Not everybody got"),
        ({"mailed_at": NOW}, "good", ""),
        ({"state": State.RUNNING, "lease_until": NOW}, "busy", ""),
    ],
)
def test_home_tells_of_a_report_that_was_not_made_or_mailed(db, configured, row, tone, advice):
    configured("reports", mail_to=["a@b"])
    configured("mail", host="mail.lan", sender="kb@company.lan")
    MonthlyReport.objects.create(
        **{"month": OCTOBER.first, "state": State.DONE, "is_final": True} | row
    )

    told = reports()

    assert (told.tone, bool(told.advice)) == (tone, bool(advice))
    assert advice in told.advice


def test_home_misses_a_report_a_day_after_the_month_and_a_mail_server(requested, configured, now):
    assert reports().tone == "quiet"
    requested(1)
    missing = reports()
    now(datetime(2026, 11, 1, 10, tzinfo=UTC))
    soon = reports()
    MonthlyReport.objects.create(month=OCTOBER.first, state=State.DONE, is_final=True)
    configured("reports", mail_to=["a@b"])

    assert (missing.tone, soon.tone) == ("warn", "quiet")
    assert "clawdbot logs" in missing.advice
    assert "set mail.host" in reports().advice
