"""Answers that curators wrote, with their sources."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.models import PublicModel
from apps.knowledge.models import Collection, Document


class CuratedAnswer(PublicModel):
    """Served first to whoever asks its question (or much the same) and may read its sources."""

    collection = models.ForeignKey(
        Collection,
        on_delete=models.CASCADE,
        related_name="curated_answers",
        verbose_name=_("collection"),
    )
    text = models.TextField(_("answer"))
    is_active = models.BooleanField(_("in use"), default=True)
    served_count = models.PositiveIntegerField(_("how often served"), default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    updated_at = clock.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-updated_at"]
        verbose_name = _("curated answer")
        verbose_name_plural = _("curated answers")

    def __str__(self) -> str:
        return self.text[:80]


class CuratedQuestion(models.Model):
    """One way of asking for a curated answer."""

    answer = models.ForeignKey(CuratedAnswer, on_delete=models.CASCADE, related_name="questions")
    text = models.TextField(_("question"))
    key = models.CharField(max_length=64, db_index=True)  # hash of the text, its layout left out

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "key"], name="curated_question_unique"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class CuratedSource(models.Model):
    """A quote that holds a curated answer up; found again in each new version of its document."""

    answer = models.ForeignKey(CuratedAnswer, on_delete=models.CASCADE, related_name="sources")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")
    version_id_quoted = models.PositiveBigIntegerField(db_index=True)  # for the purge
    quote = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.document}: {self.quote[:60]}"
