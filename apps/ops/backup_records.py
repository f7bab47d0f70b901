"""What became of each backup: the row that its maker holds, and what the dashboard tells of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.models import PublicModel


class Backup(PublicModel):
    """A backup that is made, was made or could not be made. One runs at a time.

    The backups themselves lie elsewhere and need no row: they outlive the database.
    """

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("state of a backup", "Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    place = models.CharField(_("place"), max_length=1000)
    is_scheduled = models.BooleanField(default=False)
    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.RUNNING
    )
    snapshot = models.CharField(max_length=100, blank=True, default="")
    message = models.TextField(blank=True, default="")  # why it failed, or what it lacks
    figures = models.JSONField(default=dict, blank=True)  # rows, originals, bytes
    worker = models.CharField(max_length=300, blank=True, default="")
    lease_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("backup")
        verbose_name_plural = _("backups")
        constraints = [
            models.UniqueConstraint(
                fields=["state"],
                condition=models.Q(state="running"),
                name="backup_one_running",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="running") | models.Q(lease_until__isnull=False),
                name="backup_running_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return self.snapshot or self.place
