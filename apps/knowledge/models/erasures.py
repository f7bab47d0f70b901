"""Receipts of deletions."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import PublicModel


class Erasure(PublicModel):
    """What a delete removed. Answers are free of it from the commit that created this row."""

    class Target(models.TextChoices):
        COLLECTION = "collection", _("Collection")
        DOCUMENT = "document", _("Document")
        VERSION = "version", _("Version")

    target = models.CharField(_("deleted"), max_length=16, choices=Target.choices)
    target_uuid = models.UUIDField()
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    version_ids = models.JSONField(default=list)
    counts = models.JSONField(default=dict)  # {"versions", "chunks", "pages", "vectors", "blobs"}
    change_seq = models.PositiveBigIntegerField()
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")

    def __str__(self) -> str:
        return f"{self.get_target_display()} {self.target_uuid}"
