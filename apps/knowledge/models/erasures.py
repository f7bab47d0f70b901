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
        SOURCE = "source", _("Source")
        USER = "user", _("Data of a user")

    target = models.CharField(_("deleted"), max_length=16, choices=Target.choices)
    target_uuid = models.UUIDField()
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    version_ids = models.JSONField(default=list)
    # What was removed from database and storage so far: {"versions", "chunks", "pages", "vectors",
    # "blobs", "answers", …}. Written in the transactions that remove it.
    counts = models.JSONField(default=dict)
    # How far the purge is, see apps.ops.erasing.steps.
    progress = models.JSONField(default=dict, blank=True, editable=False)
    purged_at = models.DateTimeField(null=True, blank=True)  # from database and storage
    change_seq = models.PositiveBigIntegerField()
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")

    def __str__(self) -> str:
        return f"{self.get_target_display()} {self.target_uuid}"


class NodeErasure(models.Model):
    """What a node's index did about a deletion: stopped holding it as live, then wiped its files.

    `rows`: of the index that no longer count; `segments`: files that were written anew without
    them. Written by the node's indexer.
    """

    erasure = models.ForeignKey(Erasure, on_delete=models.CASCADE, related_name="nodes")
    node = models.CharField(_("node"), max_length=100)
    rows = models.PositiveBigIntegerField(_("rows"), default=0)
    segments = models.PositiveIntegerField(_("files written anew"), default=0)
    followed_at = models.DateTimeField(_("out of the index"), null=True, blank=True)
    purged_at = models.DateTimeField(_("out of its files"), null=True, blank=True)

    class Meta:
        ordering = ["node"]
        verbose_name = _("erasure on a node")
        verbose_name_plural = _("erasures on nodes")
        constraints = [
            models.UniqueConstraint(fields=["erasure", "node"], name="node_erasure_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.erasure} {self.node}"
