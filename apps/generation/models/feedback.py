"""Verdicts on answers."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import PublicModel
from apps.generation.models.conversations import Trace


class Feedback(PublicModel):
    """A user's verdict on an answer; one each, the last counts."""

    class Verdict(models.TextChoices):
        UP = "up", _("Helpful")
        DOWN = "down", _("Not helpful")

    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="feedback")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="feedback"
    )

    class Reason(models.TextChoices):
        WRONG = "wrong", _("It is wrong")
        INCOMPLETE = "incomplete", _("Something is missing")
        OUTDATED = "outdated", _("It is out of date")
        SOURCE = "source", _("The source does not say so")
        OTHER = "other", _("Something else")

    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict.choices)
    reason = models.CharField(
        _("reason"), max_length=16, choices=Reason.choices, blank=True, default=""
    )
    comment = models.TextField(blank=True, default="")
    correct_answer = models.TextField(blank=True, default="")

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        constraints = [
            models.UniqueConstraint(fields=["trace", "user"], name="feedback_one_per_user"),
        ]

    def __str__(self) -> str:
        return str(self.trace)
