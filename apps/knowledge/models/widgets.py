"""Chat bubbles on pages of the intranet."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import PublicModel
from apps.knowledge.models.collections import Collection


class Widget(PublicModel):
    """Answers from one collection on pages of the allowed origins, with the rights of one user."""

    collection = models.OneToOneField(
        Collection, on_delete=models.CASCADE, related_name="widget", verbose_name=_("collection")
    )
    acts_as = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("answers with the rights of"),
    )
    origins = models.JSONField(_("allowed origins"), default=list)  # ["https://intranet.example"]
    title = models.CharField(_("title"), max_length=100, blank=True, default="")
    greeting = models.CharField(_("greeting"), max_length=300, blank=True, default="")
    questions_per_minute = models.PositiveIntegerField(_("questions per minute"), default=30)
    is_active = models.BooleanField(_("active"), default=True)
    # What its questions have used up of the allowance; see `question_admit`.
    paced_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("widget")
        verbose_name_plural = _("widgets")

    def __str__(self) -> str:
        return self.title or self.collection.name
