"""How far setting up in the browser has come."""

from django.conf import settings
from django.db import models


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
