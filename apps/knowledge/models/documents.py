"""Documents (a path in a collection) and their versions (its bytes at one time)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.models import PublicModel
from apps.knowledge.models.collections import Collection


class Document(PublicModel):
    """A path in a collection. Deleted from the commit that sets `deleted_at`."""

    collection = models.ForeignKey(
        Collection, on_delete=models.CASCADE, related_name="documents", verbose_name=_("collection")
    )
    path = models.CharField(_("path"), max_length=1000)
    title = models.CharField(_("title"), max_length=500)
    url = models.CharField(_("address"), max_length=2000, blank=True, default="")
    metadata = models.JSONField(_("metadata"), default=dict, blank=True)
    current_version = models.ForeignKey(
        "Version", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    latest_version = models.ForeignKey(  # the newest, whatever its state; its job is the status
        "Version", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    updated_at = clock.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False, db_index=True)

    class Meta:
        ordering = ["path"]
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "path"],
                condition=Q(deleted_at=None),
                name="document_live_path_unique",
            ),
            models.CheckConstraint(condition=~Q(path=""), name="document_path_not_empty"),
        ]

    def __str__(self) -> str:
        return self.title or self.path


class VersionState(models.TextChoices):
    PENDING = "pending", _("Being read")
    LIVE = "live", _("Searchable")
    SUPERSEDED = "superseded", _("Replaced")
    DEAD = "dead", _("Deleted")


class Version(PublicModel):
    """The bytes of a document at one time. At most one version of a document is live."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(
        max_length=16, choices=VersionState.choices, default=VersionState.PENDING
    )
    content_sha256 = models.CharField(max_length=64)
    has_blob = models.BooleanField(default=True)  # False: text pushed by API, held in its pages
    size_bytes = models.PositiveBigIntegerField()
    filename = models.CharField(max_length=500, blank=True, default="")
    media_type = models.CharField(max_length=150, blank=True, default="")
    language = models.CharField(max_length=16, blank=True, default="")
    page_count = models.PositiveIntegerField(default=0)
    chunk_count = models.PositiveIntegerField(default=0)
    is_history_kept = models.BooleanField(default=False)  # stays readable once superseded
    change_seq = models.PositiveBigIntegerField(null=True, blank=True)  # that made it live
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    # Deleted by somebody, not only replaced: nothing that quotes it is shown from this commit on.
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="version_number_unique"),
            models.UniqueConstraint(
                fields=["document"], condition=Q(state="live"), name="version_one_live"
            ),
            models.CheckConstraint(
                condition=~Q(state="live") | Q(change_seq__isnull=False),
                name="version_live_has_change",
            ),
            models.CheckConstraint(
                condition=Q(state__in=VersionState.values), name="version_state_known"
            ),
        ]
        indexes = [models.Index(fields=["content_sha256"], name="version_content_idx")]

    def __str__(self) -> str:
        return f"{self.document} v{self.number}"
