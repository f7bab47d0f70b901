"""Golden questions that curators collect."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import PublicModel
from apps.knowledge.models import Collection, Document


class GoldenQuestion(PublicModel):
    """A question with the answer and the passages it must find: what `eval run` measures."""

    collection = models.ForeignKey(
        Collection, on_delete=models.CASCADE, related_name="golden_questions"
    )
    text = models.TextField(_("question"))
    answers = models.JSONField(default=list)  # texts that count as right; empty: unanswerable
    documents = models.ManyToManyField(Document, related_name="+")  # where the answer stands
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("golden question")
        verbose_name_plural = _("golden questions")
        constraints = [
            models.UniqueConstraint(fields=["collection", "text"], name="golden_question_unique"),
        ]

    def __str__(self) -> str:
        return self.text[:80]
