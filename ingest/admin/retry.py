"""Retrying failed jobs from the admin's pages."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.accounts.signed_in import user_of
from apps.core.adminsite import tell_refusal
from apps.core.errors import ClawdbotError, NotFound
from ingest import services
from ingest.admin import rights
from ingest.admin.progress import document_entry, job_entry
from ingest.models import Job, JobState
from ingest.selectors import jobs_of


@require_POST
def retry_view(request: HttpRequest) -> HttpResponse:
    """POST `job=<uuid>`: queue it again. JSON for scripts, else back to the page (`next`)."""
    is_script = request.headers.get("Accept", "").startswith("application/json")
    try:
        job = _retry(request, request.POST.get("job", ""))
    except ClawdbotError as error:
        if is_script:
            body = {"error": {"code": error.code, "message": error.message}}
            return JsonResponse(body, status=error.status)
        tell_refusal(request, error)
        return HttpResponseRedirect(_back(request))
    if not is_script:
        messages.success(request, _("Queued again."))
        return HttpResponseRedirect(_back(request))
    version = job.version
    return JsonResponse(job_entry(job) if version is None else document_entry(version.document))


def retry_each(request: HttpRequest, jobs: Iterable[Job]) -> None:
    """Queue those of the jobs again that failed; says how many, and the first refusal."""
    done, refusal = 0, None
    for job in jobs:
        if job.state not in {JobState.FAILED, JobState.CANCELLED}:
            continue
        try:
            services.job_retry(job=job, by=user_of(request))
            done += 1
        except ClawdbotError as error:
            refusal = refusal or error
    text = ngettext("%(n)d job queued again.", "%(n)d jobs queued again.", done)
    messages.success(request, text % {"n": done})
    if refusal is not None:
        tell_refusal(request, refusal)


def _retry(request: HttpRequest, uuid: str) -> Job:
    scope = rights.scope_of(request)
    jobs = jobs_of(scope).select_related("collection")
    try:
        job = jobs.get(uuid=UUID(uuid))
    except (ValueError, Job.DoesNotExist):
        raise NotFound(_("There is no such job, or you may not see it.")) from None
    return services.job_retry(job=job, by=user_of(request))


def _back(request: HttpRequest) -> str:
    address = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}):
        return address
    return reverse("admin:ingest_job_changelist")
