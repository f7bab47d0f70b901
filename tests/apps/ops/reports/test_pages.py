"""The reports in the administration, and who may open them."""

import pytest
from django.urls import reverse

from apps.core import doorbell
from apps.ops.report_records import MonthlyReport, OwnCost, PriceRow
from apps.ops.reports import making
from apps.ops.tasks import mail_report
from tests.admin_pages import client_of
from tests.apps.ops.conftest import admin_client, admin_user, plain_static_files  # noqa: F401
from tests.apps.ops.reports.conftest import OCTOBER
from tests.factories import UserFactory
from tests.mail_server import mail_server

pytestmark = pytest.mark.django_db
LIST = "/admin/ops/monthlyreport/"


@pytest.fixture
def report(requested):
    requested(1, 7)
    return making.report_make(month=OCTOBER)


def test_an_administrator_orders_reads_and_fetches_it(admin_client, requested):  # noqa: F811
    requested(1, 7)
    assert (
        '<option value="2026-10">October 2026</option>' in admin_client.get(LIST).content.decode()
    )

    page = admin_client.post(f"{LIST}make/", {"month": "2026-10"}, follow=True).content.decode()
    assert "The report is being made." in page
    making.make_waiting()

    page = admin_client.get(reverse("admin:ops_monthlyreport_change", args=[_only().pk])).content
    file = admin_client.get(f"{LIST}2026-10/en.pdf")
    assert b"Questions by day" in page
    assert (file["Content-Type"], file.content[:4]) == ("application/pdf", b"%PDF")
    assert 'filename="clawdbot-report-2026-10-en.pdf"' in file["Content-Disposition"]


def test_nobody_else_sees_any_of_it(report):
    staff = client_of(UserFactory(is_staff=True))

    told = [
        staff.get(LIST), staff.get(f"{LIST}{report.pk}/change/"),
        staff.get(f"{LIST}2026-10/en.pdf"), staff.post(f"{LIST}2026-10/mail/"),
        staff.post(f"{LIST}make/", {"month": "2026-09"}),
        staff.get("/admin/ops/owncost/"), staff.get("/admin/ops/pricerow/"),
    ]  # fmt: skip

    assert [response.status_code for response in told] == [403] * 7
    assert MonthlyReport.objects.count() == 1


def test_the_button_has_a_worker_mail_it(report, admin_client, configured, monkeypatch):  # noqa: F811
    rung = []
    monkeypatch.setattr(doorbell, "ring", lambda task, *keys, **_: rung.append((task, *keys)))
    with mail_server() as letters:
        configured("reports", mail_to=["a@company.lan"])
        configured("mail", host="127.0.0.1", port=letters.port, tls="none", sender="b@company.lan")
        admin_client.post(f"{LIST}2026-10/mail/")
        mail_report(report.pk)

    assert rung == [(mail_report.name, report.pk)]
    assert [to for to, _ in letters.taken] == ["a@company.lan"]
    report.refresh_from_db()
    assert (report.mail_message, report.mailed_at is None) == ("", False)


@pytest.mark.parametrize(
    "address", ["2026-10/fr.pdf", "2026-10/en.exe", "2026-9/en.pdf", "x/en.pdf"]
)
def test_what_is_not_there_leads_back_with_a_reason(report, admin_client, address):  # noqa: F811
    response = admin_client.get(f"{LIST}{address}", follow=True)

    assert response.redirect_chain == [(LIST, 302)]
    assert [message.level_tag for message in response.context["messages"]] == ["error"]


def test_a_price_row_needs_a_price_and_own_costs_a_currency(admin_client):  # noqa: F811
    admin_client.post("/admin/ops/pricerow/add/", {"name": "Cloud", "currency": "EUR"})
    own = admin_client.get("/admin/ops/owncost/")
    admin_client.post(own["Location"], {"hardware": "100"})
    assert (PriceRow.objects.count(), OwnCost.objects.get().hardware) == (0, None)

    admin_client.post("/admin/ops/pricerow/add/",
                      {"name": "Cloud", "currency": "EUR", "per_question": "0.05"})  # fmt: skip
    admin_client.post(own["Location"], {"hardware": "100", "currency": "EUR"})

    assert str(PriceRow.objects.get().per_question) == "0.0500"
    assert str(OwnCost.objects.get().hardware) == "100.0000"


def _only() -> MonthlyReport:
    return MonthlyReport.objects.get()
