"""Admin page of jobs: what is waiting, at work or failed, and why."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.adminsite import ModelAdmin, ReadOnly, display, moment
from apps.core.text import labelled
from ingest.admin import rights
from ingest.admin.filters import CollectionFilter, FailureFilter
from ingest.admin.progress import progress
from ingest.admin.retry import retry_each, retry_view
from ingest.models import Job, JobStage
from ingest.reasons import problems_of
from ingest.selectors import jobs_of
from ingest.words import job_pill, job_reason


@admin.register(Job)
class JobAdmin(ReadOnly, ModelAdmin[Job]):
    """Jobs are made and ended by ingest; people look at them and retry."""

    list_display = ("what", "collection", "state_now", "step", "reason", "by", "age")
    list_filter = ("state", "stage", "kind", CollectionFilter, FailureFilter)
    search_fields = ("uuid", "version__document__title", "version__document__path", "error_message")
    list_per_page = 50
    actions = ("retry",)
    list_before_template = "ingest/admin/live.html"
    change_form_outer_before_template = "ingest/admin/job_state.html"
    fieldsets = (
        (None, {"fields": ("what", "collection", "state_now", "step", "reason")}),
        (_("Work"), {"fields": (("tries", "at_worker"), "queued", "started", "finished")}),
        (_("Problems"), {"fields": ("problems",)}),
        (_("For the record"), {"fields": ("uuid", "by")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        """Jobs on what may be read, with their documents."""
        jobs = jobs_of(rights.scope_of(request)).order_by(*self.get_ordering(request))
        return jobs.select_related("collection", "version__document", "created_by")

    def get_urls(self) -> list[URLPattern]:
        """With the two endpoints that the pages' scripts call."""
        own = [
            path("progress/", self.admin_site.admin_view(progress), name="ingest_job_progress"),
            path("retry/", self.admin_site.admin_view(retry_view), name="ingest_job_retry"),
        ]
        return own + super().get_urls()

    @admin.action(description=_("Retry the selected jobs"))
    def retry(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        """Queue the failed ones of the selection again."""
        retry_each(request, jobs)

    @display(description=_("job"))
    def what(self, job: Job) -> Any:
        """The document it works on, or the archive or import."""
        if job.version is None:
            return labelled(job.get_kind_display(), job.payload.get("path") or job.uuid)
        return job.version.document.title

    @display(description=_("state"), ordering="state")
    def state_now(self, job: Job) -> Any:
        """Kept up to date by live.js."""
        return job_pill(job)

    @display(description=_("stage"), ordering="stage")
    def step(self, job: Job) -> str:
        """What is or was being done; empty when nothing is left to do."""
        return "" if job.stage == JobStage.DONE else job.get_stage_display()

    @display(description=_("age"), ordering="created_at")
    def age(self, job: Job) -> str:
        """Since it was made."""
        return timesince(job.created_at, clock.now(), depth=1)

    @display(description=_("worker"), ordering="worker")
    def at_worker(self, job: Job) -> str:
        """Who works or worked on it."""
        return job.worker

    @display(description=_("reason"))
    def reason(self, job: Job) -> str:
        """Why it failed, or why it waits for another try."""
        return job_reason(job)

    @display(description=_("tries"))
    def tries(self, job: Job) -> int:
        """How often it was begun."""
        return job.attempts

    @display(description=_("queued"))
    def queued(self, job: Job) -> str:
        """When it was made."""
        return moment(job.created_at)

    @display(description=_("started"))
    def started(self, job: Job) -> str:
        """When it was last taken."""
        return moment(job.started_at)

    @display(description=_("finished"))
    def finished(self, job: Job) -> str:
        """When it ended."""
        return moment(job.finished_at)

    @display(description=_("by"))
    def by(self, job: Job) -> Any:
        """Who sent the document."""
        return job.created_by

    @display(description=_("files that were not taken"))
    def problems(self, job: Job) -> Any:
        """Members of an archive or lines of an import that were refused."""
        found = [(_place(job, item["where"]), item["message"]) for item in problems_of(job)]
        return format_html_join("", "<div><strong>{}</strong>: {}</div>", found) or "-"


def _place(job: Job, where: str) -> str:
    """The path of a member, or the line of an import."""
    line = where.removeprefix("line ")
    is_line = job.kind == Job.Kind.IMPORT and line != where
    return _("line %(number)s") % {"number": line} if is_line else where
