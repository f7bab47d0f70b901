"""The tables of apps.ops: the first visit, knowledge packs on their way in, backups, the ledger."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import PublicModel
from apps.knowledge.models import Collection
from apps.ops.anomaly_records import (
    Anomaly,
    AnomalyCursor,
    AnomalyDeed,
    AnomalyHabit,
    AnomalyPolicy,
)
from apps.ops.backup_records import Backup
from apps.ops.ledger_records import LedgerGauge, LedgerRollup, RequestRecord
from apps.ops.report_records import MonthlyReport, OwnCost, PriceRow, ReportFile

__all__ = [
    "Anomaly",
    "AnomalyCursor",
    "AnomalyDeed",
    "AnomalyHabit",
    "AnomalyPolicy",
    "Backup",
    "FirstVisit",
    "LedgerGauge",
    "LedgerRollup",
    "MonthlyReport",
    "OwnCost",
    "PackImport",
    "PriceRow",
    "ReportFile",
    "RequestRecord",
]


class FirstVisit(models.Model):
    """One row: when the administrator was led through the first visit, or chose to skip it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="first_visit_single_row"),
        ]

    def __str__(self) -> str:
        return str(self.finished_at or "")


class PackImport(PublicModel):
    """A knowledge pack on its way in: the truth about that work, whoever does it.

    `collection` is hidden until the last transaction; whoever finds the row with an expired lease
    removes what it had written.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    file_name = models.CharField(_("file"), max_length=500)
    # Of an uploaded one. The database knows the default, too: the version before writes no hash.
    sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    name = models.CharField(max_length=200, blank=True, default="")  # empty: the pack's own
    has_grants = models.BooleanField(default=True)  # whether the pack's grants are taken over
    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.WAITING
    )
    progress = models.FloatField(default=0.0)  # 0..1
    message = models.TextField(blank=True, default="")  # why it failed
    report = models.JSONField(default=dict, blank=True)  # what came in, who could not be matched
    collection = models.ForeignKey(
        Collection, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    attempts = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=100, blank=True, default="")
    lease_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("import of a knowledge pack")
        verbose_name_plural = _("imports of knowledge packs")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="running") | models.Q(lease_until__isnull=False),
                name="pack_import_running_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name
