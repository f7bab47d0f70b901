"""Making reports: by whom, when, once; and what is kept."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.core import clock
from apps.core.errors import Conflict, Invalid, NotFound
from apps.generation.models import OpenQuestion
from apps.knowledge.deletion import collection_delete
from apps.ops import erasure
from apps.ops.erasing.people import user_data_delete
from apps.ops.report_records import MonthlyReport
from apps.ops.reports import making
from apps.ops.reports.schedule import reports_when_due
from apps.ops.tasks import make_reports
from tests.apps.ops.reports.conftest import NOW, OCTOBER
from tests.factories import CollectionFactory, UserFactory
from tests.mail_server import mail_server

pytestmark = pytest.mark.django_db
State = MonthlyReport.State


def test_what_is_ordered_is_made_by_a_worker_in_all_languages(requested, configured):
    configured("reports", languages=["en", "zh-hant"], monthly=False)
    requested(1, 2)
    report = making.report_order(month=OCTOBER, by=None)
    assert report.state == State.WAITING

    make_reports()

    report.refresh_from_db()
    assert (report.state, report.is_final, report.made_at) == (State.DONE, True, NOW)
    assert making.figures_of(report).questions.asked == 2
    assert {(file.language, file.media_type) for file in report.files.all()} == {
        (language, kind) for language in ("en", "zh-hant") for kind in (making.PDF, making.HTML)
    }


def test_making_it_again_replaces_it(requested):
    requested(1, 2)
    first = making.report_make(month=OCTOBER)
    requested(1, 3)

    second = making.report_make(month=OCTOBER)

    assert (first.pk, making.figures_of(second).questions.asked) == (second.pk, 5)
    assert second.files.count() == 2


def test_a_month_ahead_has_no_report():
    with pytest.raises(Invalid):
        making.report_order(month=OCTOBER.following.following, by=None)
    with pytest.raises(NotFound):
        making.report_get(OCTOBER)


def test_one_at_a_time_and_another_one_when_the_maker_falls_silent(now):
    held = MonthlyReport.objects.create(
        month=OCTOBER.first, state=State.RUNNING, lease_until=NOW + making.LEASE
    )
    making.report_order(month=OCTOBER, by=None)
    with pytest.raises(Conflict):
        making.report_make(month=OCTOBER)
    assert making.make_waiting() == 0

    now(NOW + making.LEASE + timedelta(seconds=1))

    assert making.make_waiting() == 1
    held.refresh_from_db()
    assert held.state == State.DONE


def test_what_fails_is_tried_again_later_and_given_up_after_three_times(now, monkeypatch):
    monkeypatch.setattr(making, "gathered", lambda month: 1 / 0)
    report = making.report_order(month=OCTOBER, by=None)

    for attempt in range(making.TRIES):
        now(NOW + attempt * (making.TRY_AGAIN + timedelta(seconds=1)))
        with pytest.raises(ZeroDivisionError):
            making.make_waiting()
        assert making.make_waiting() == 0  # not at once

    report.refresh_from_db()
    assert (report.state, report.message) == (State.FAILED, making.BUG)


def test_the_old_one_is_read_until_the_new_one_is_there(requested, monkeypatch):
    requested(1, 2)
    making.report_make(month=OCTOBER)
    monkeypatch.setattr(making, "gathered", lambda month: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        making.report_make(month=OCTOBER)

    report = making.report_get(OCTOBER)
    assert (making.figures_of(report).questions.asked, report.files.count()) == (2, 2)


def test_last_months_is_made_by_itself_once(requested):
    requested(1)

    assert [reports_when_due() for _ in range(2)] == [
        "1 ordered, 1 made, 0 mailed",
        "0 ordered, 0 made, 0 mailed",
    ]
    assert MonthlyReport.objects.get().month == OCTOBER.first


def test_one_that_was_made_before_the_month_was_over_is_made_again(requested, now):
    requested(1)
    now(datetime(2026, 10, 20, tzinfo=UTC))
    assert not making.report_make(month=OCTOBER).is_final

    now(NOW)
    reports_when_due()

    assert making.report_get(OCTOBER).is_final


def test_none_is_made_of_a_month_without_requests_or_when_that_is_switched_off(
    requested, configured
):
    assert reports_when_due().startswith("0 ordered")
    configured("reports", monthly=False)
    requested(1)

    assert reports_when_due().startswith("0 ordered")


def test_it_is_mailed_once_and_later_when_the_server_is_away(requested, configured, now):
    requested(1)
    configured("reports", mail_to=["boss@company.lan"])
    configured("mail", host="127.0.0.1", port=1, tls="none", sender="kb@company.lan")
    assert reports_when_due() == "1 ordered, 1 made, 0 mailed"
    assert "127.0.0.1:1" in making.report_get(OCTOBER).mail_message

    with mail_server() as letters:
        configured("mail", port=letters.port)
        at_once = reports_when_due()
        now(clock.now() + timedelta(hours=2))
        told = [reports_when_due() for _ in range(2)]

    assert [one[-8:] for one in (at_once, *told)] == ["0 mailed", "1 mailed", "0 mailed"]
    ((to, mail),) = letters.taken
    (pdf,) = mail.iter_attachments()
    assert (to, pdf.get_filename()) == ("boss@company.lan", "clawdbot-report-2026-10-en.pdf")
    assert pdf.get_content().startswith(b"%PDF")
    assert "Questions: 1" in mail.get_body().get_content()


def test_who_had_it_made_leaves_it_when_their_data_is_deleted(requested):
    person = UserFactory()
    making.report_make(month=OCTOBER, by=person)

    user_data_delete(user=person, by=person)

    assert making.report_get(OCTOBER).made_by is None


def test_the_name_of_a_deleted_collection_leaves_reports_and_their_files(requested, asked):
    requested(1)
    collection = CollectionFactory(name="Secret merger")
    asked("When is it announced?", 3, is_answered=False)
    OpenQuestion.objects.update(collection=collection)
    report = making.report_make(month=OCTOBER)
    assert "Secret merger" in str(report.figures["missing"])

    collection_delete(collection=collection, by=UserFactory(is_superuser=True))
    erasure.purge()
    reports_when_due()

    report.refresh_from_db()
    page = making.file_of(report, language="en", media_type=making.HTML).decode()
    assert "Secret merger" not in str(report.figures) + page
    assert "(deleted)" in page
