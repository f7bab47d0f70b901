"""Questions that the documents did not answer well, waiting for a curator."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.models import PublicModel
from apps.generation.models.conversations import Trace
from apps.knowledge.models import Collection, Document


class OpenQuestion(PublicModel):
    """A question as its curators see it: what was asked, how often, never by whom.

    `collection` is where it seems to belong (asked there alone, or the nearest passage is there);
    `nearest` is the document that came closest: the topic under which the desk lists it.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ANSWERED = "answered", _("Answered")
        DISMISSED = "dismissed", _("Dismissed")

    class Why(models.TextChoices):
        """Why a question was dismissed."""

        ELSEWHERE = "elsewhere", _("These documents are not the place for it")
        UNCLEAR = "unclear", _("It cannot be told what is meant")
        PERSONAL = "personal", _("It is personal or confidential")
        OTHER = "other", _("It needs no answer")

    text = models.TextField(_("question"))
    key = models.CharField(max_length=64)  # hash of the text, its layout left out
    collection = models.ForeignKey(
        Collection, null=True, on_delete=models.CASCADE, related_name="open_questions"
    )
    nearest = models.ForeignKey(Document, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=16, choices=State.choices, default=State.OPEN)
    dismissed_why = models.CharField(max_length=16, choices=Why.choices, blank=True, default="")
    last_asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-last_asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["key", "collection"], name="open_question_unique"),
            models.UniqueConstraint(
                fields=["key"],
                condition=models.Q(collection=None),
                name="open_question_nowhere_unique",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class Asking(models.Model):
    """One answer that left its question open. When its trace goes, it goes too."""

    class Kind(models.TextChoices):
        UNANSWERED = "unanswered", _("Not found")
        UNHELPFUL = "unhelpful", _("Not helpful")
        REPORTED = "reported", _("Sent to the curator")

    question = models.ForeignKey(OpenQuestion, on_delete=models.CASCADE, related_name="askings")
    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="askings")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    note = models.TextField(blank=True, default="")  # what the asker wants the curator to know
    created_at = clock.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trace", "kind"], name="asking_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.question}"
