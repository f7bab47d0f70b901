"""The job row: the truth about every piece of ingest work."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.models import PublicModel
from apps.knowledge.models import Collection, Version


class JobState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class JobStage(models.TextChoices):
    PARSE = "parse", _("Reading")
    EMBED = "embed", _("Embedding")
    DONE = "done", _("Done")


class Job(PublicModel):
    """Work on one version, or (kind import/archive) on a file of many documents."""

    class Kind(models.TextChoices):
        INGEST = "ingest", _("Document")
        IMPORT = "import", _("NDJSON import")
        ARCHIVE = "archive", _("Archive")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices, default=Kind.INGEST)
    collection = models.ForeignKey(
        Collection, on_delete=models.CASCADE, related_name="jobs", verbose_name=_("collection")
    )
    version = models.OneToOneField(
        Version, null=True, blank=True, on_delete=models.CASCADE, related_name="job"
    )
    parent = models.ForeignKey(  # the import or archive this document came with
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children"
    )
    payload = models.JSONField(default=dict, blank=True)  # see ingest.imports, ingest.archive_jobs
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(
        _("state"), max_length=16, choices=JobState.choices, default=JobState.QUEUED
    )
    stage = models.CharField(
        _("stage"), max_length=16, choices=JobStage.choices, default=JobStage.PARSE
    )
    progress = models.FloatField(default=0.0)  # 0..1 over all stages
    done_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    waiting_since = clock.DateTimeField(auto_now_add=True)  # fairness: longest waiting first
    not_before = models.DateTimeField(null=True, blank=True)  # back-off after a passing fault
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=100, blank=True, default="")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=64, blank=True, default="")
    error_message = models.TextField(blank=True, default="")
    error_page = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="running") | models.Q(lease_until__isnull=False),
                name="job_running_has_lease",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="failed") | ~models.Q(error_code=""),
                name="job_failed_has_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=JobState.values), name="job_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "stage", "waiting_since"], name="job_queue_idx"),
            models.Index(fields=["finished_at"], name="job_finished_idx"),
        ]

    def __str__(self) -> str:
        if self.version is None:
            return str(self.payload.get("path") or f"{self.get_kind_display()} {self.uuid}")
        return self.version.document.title or self.version.document.path
