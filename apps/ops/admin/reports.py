"""Admin pages of monthly reports: the list, each report, its files."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.signed_in import user_of
from apps.core.adminsite import (
    ModelAdmin,
    ReadOnly,
    SuperuserOnly,
    display,
    moment,
    pill,
    render_page,
    tell_refusal,
)
from apps.core.config_reports import LANGUAGES
from apps.core.errors import ClawdbotError
from apps.ops.ledger_records import LedgerRollup, Level
from apps.ops.report_records import MonthlyReport
from apps.ops.reports import mailing, making
from apps.ops.reports.months import Month
from apps.ops.reports.telling.document import document
from apps.ops.reports.telling.words import month_name

State = MonthlyReport.State
TONES = {State.WAITING: "quiet", State.RUNNING: "busy", State.DONE: "good", State.FAILED: "bad"}
ENDINGS = {"pdf": making.PDF, "html": making.HTML}
MONTHS = 36
OWN_NAMES = {"en": "English", "zh-hans": "简体中文", "zh-hant": "繁體中文"}


@admin.register(MonthlyReport)
class MonthlyReportAdmin(SuperuserOnly, ReadOnly, ModelAdmin[MonthlyReport]):
    """They are made by a worker; here they are asked for, read and fetched."""

    list_display = ("of", "state_now", "made", "mailed", "reason")
    list_before_template = "ops/admin/report_order.html"
    nothing_yet = gettext_lazy("No report was made yet")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without the figures, which are large."""
        return super().get_queryset(request).defer("figures")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers: what was asked may have to be forgotten."""
        return self.has_module_permission(request)

    def get_urls(self) -> list[URLPattern]:
        """With ordering, mailing and files."""
        view = self.admin_site.admin_view
        return [
            path("make/", view(self.make), name="ops_monthlyreport_make"),
            path("<str:month>/mail/", view(self.mail), name="ops_monthlyreport_mail"),
            path(
                "<str:month>/<str:language>.<str:ending>",
                view(self.file),
                name="ops_monthlyreport_file",
            ),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With the months that can be asked for."""
        choices = [(str(one), month_name(one.first)) for one in _months()]
        return super().changelist_view(request, {**(extra_context or {}), "months": choices})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The report, in the reader's language."""
        report = self.get_object(request, object_id)
        if report is None or not self.has_view_permission(request, report):
            return super().change_view(request, object_id, form_url, extra_context)
        context = {
            "title": _("Monthly report"),
            "original": report,
            "report": report,
            "document": _document(report),
            "is_at_work": report.state in {State.WAITING, State.RUNNING},
            "is_mail_wanted": mailing.is_wanted(),
            "files": [(code, OWN_NAMES[code]) for code in LANGUAGES if code in _languages(report)],
        }
        return render_page(self, request, "ops/admin/report.html", context)

    def make(self, request: HttpRequest) -> HttpResponse:
        """POST: have the report of `month` made; then its page."""
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        try:
            month = Month.written(request.POST.get("month", ""))
            report = making.report_order(month=month, by=user_of(request))
        except ClawdbotError as error:
            tell_refusal(request, error)
            return HttpResponseRedirect(reverse("admin:ops_monthlyreport_changelist"))
        return _to(report)

    def mail(self, request: HttpRequest, month: str) -> HttpResponse:
        """POST: have it sent to those who are to get it."""
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        if request.method != "POST":
            return HttpResponse(status=405)
        try:
            report = making.report_get(Month.written(month))
            mailing.mail_order(report)
            messages.success(
                request, _("A worker sends it. This page says when it did, or why not.")
            )
        except ClawdbotError as error:
            tell_refusal(request, error)
            return HttpResponseRedirect(reverse("admin:ops_monthlyreport_changelist"))
        return _to(report)

    def file(self, request: HttpRequest, month: str, language: str, ending: str) -> HttpResponse:
        """GET: the PDF, or the page as one file."""
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        try:
            report = making.report_get(Month.written(month))
            media_type = ENDINGS.get(ending, "")
            content = making.file_of(report, language=language, media_type=media_type)
        except ClawdbotError as error:
            tell_refusal(request, error)
            return HttpResponseRedirect(reverse("admin:ops_monthlyreport_changelist"))
        response = HttpResponse(content, content_type=media_type)
        name = f"{mailing.file_name(report, language)}.{ending}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["Cache-Control"] = "private, no-store"
        return response

    @display(description=gettext_lazy("month"), ordering="month")
    def of(self, row: MonthlyReport) -> str:
        """As people say it."""
        return month_name(row.month)

    @display(description=gettext_lazy("state"), ordering="state")
    def state_now(self, row: MonthlyReport) -> Any:
        """A month that is not over is told so."""
        if row.state == State.DONE and not row.is_final:
            return pill("warn", _("so far"))
        return pill(TONES[State(row.state)], row.get_state_display())

    @display(description=gettext_lazy("made"), ordering="made_at")
    def made(self, row: MonthlyReport) -> str:
        """When."""
        return moment(row.made_at)

    @display(description=gettext_lazy("mailed"), ordering="mailed_at")
    def mailed(self, row: MonthlyReport) -> str:
        """When, for the last time."""
        return moment(row.mailed_at)

    @display(description=gettext_lazy("reason"))
    def reason(self, row: MonthlyReport) -> str:
        """Why it could not be made, or mailed."""
        return _(row.message) if row.message else row.mail_message


def _months() -> list[Month]:
    """Those of which there may be something to tell, the newest first."""
    days = LedgerRollup.objects.filter(level=Level.DAY).order_by("start")
    oldest = days.values_list("start", flat=True).first()
    first = Month.of(oldest.date()) if oldest else Month.now()
    found = [Month.now()]
    while found[-1] > first and len(found) < MONTHS:
        found.append(found[-1].before)
    return found


def _document(report: MonthlyReport) -> Any:
    if not report.figures or report.made_at is None:
        return None
    return document(making.figures_of(report), report.made_at)


def _languages(report: MonthlyReport) -> set[str]:
    return set(report.files.values_list("language", flat=True))


def _to(report: MonthlyReport) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:ops_monthlyreport_change", args=(report.pk,)))
