"""Answers kept for a day so that a repeated POST is not carried out twice."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class IdempotencyRecord(models.Model):
    """The outcome of one POST with an Idempotency-Key. `status` is null until it is done."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="idempotency_records"
    )
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of the request
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True, default="")
    started_at = models.DateTimeField()

    class Meta:
        verbose_name = _("kept API answer")
        verbose_name_plural = _("kept API answers")
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_unique"),
        ]
        indexes = [models.Index(fields=["started_at"], name="idempotency_started_idx")]

    def __str__(self) -> str:
        return self.key
