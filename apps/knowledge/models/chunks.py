"""The extracted text of a version: its pages, and the chunks that are searched."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import PublicModel
from apps.knowledge.models.documents import Version


class Page(models.Model):
    """One page, sheet, slide or mail of a version.

    The text of a version is its pages' texts joined by one form feed; `start` is the offset
    of this page in it (in characters).
    """

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=200, blank=True, default="")
    start = models.PositiveBigIntegerField()
    text = models.TextField()
    # [[kind, start, end, level]]: the blocks of the parsed page, offsets in `text`
    blocks = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["version", "number"]
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="page_number_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.version} p. {self.number}"


class Chunk(PublicModel):
    """What is searched and cited. `text == version_text[start:end]` exactly.

    `context` (document title, heading path, a table's header row) is put in front when the chunk
    is indexed and read; it is not part of the span. `text_sha256` hashes both: the vector's key.
    """

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="chunks")
    ordinal = models.PositiveIntegerField()
    page = models.PositiveIntegerField()
    start = models.PositiveBigIntegerField()
    end = models.PositiveBigIntegerField()
    heading = models.CharField(max_length=1000, blank=True, default="")  # "A > B > C"
    context = models.TextField(blank=True, default="")
    text = models.TextField()
    text_sha256 = models.CharField(max_length=64, db_index=True)
    is_excluded = models.BooleanField(_("excluded from search"), default=False)

    class Meta:
        ordering = ["version", "ordinal"]
        verbose_name = _("chunk")
        verbose_name_plural = _("chunks")
        constraints = [
            models.UniqueConstraint(fields=["version", "ordinal"], name="chunk_ordinal_unique"),
            models.CheckConstraint(
                condition=models.Q(end__gt=models.F("start")), name="chunk_span_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} #{self.ordinal}"

    @property
    def indexed_text(self) -> str:
        """What is embedded, indexed and read: context, a line break, text."""
        return f"{self.context}\n{self.text}" if self.context else self.text
