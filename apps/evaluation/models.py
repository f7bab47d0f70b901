"""Golden sets: questions with what must be found and said, that changes are measured on."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.models import PublicModel
from apps.evaluation.run_records import EvaluationResult, EvaluationRun, GateDecision
from apps.knowledge.models import Collection, Document

__all__ = ["EvaluationResult", "EvaluationRun", "GateDecision", "GoldenQuestion", "GoldenSet"]

DEFAULT_NAME = "Golden questions"


class GoldenSet(PublicModel):
    """Golden questions of one collection that are asked together. One of each is its default."""

    collection = models.ForeignKey(
        Collection,
        on_delete=models.CASCADE,
        related_name="golden_sets",
        verbose_name=_("collection"),
    )
    name = models.CharField(_("name"), max_length=200)
    is_default = models.BooleanField(default=False, editable=False)
    is_watched = models.BooleanField(
        _("asked by itself"),
        default=True,
        help_text=_("After each change of configuration, model, index or documents."),
    )
    is_guard = models.BooleanField(
        _("blocks losses"),
        default=True,
        help_text=_("A switch of index, model or profile that loses more is refused."),
    )
    max_loss = models.FloatField(
        _("loss allowed"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
        help_text=_("Share of each figure, as 0.03; empty: the setting of the installation."),
    )
    # What is in force and was not asked with yet, since when, and since when anything differs.
    pending_fingerprint = models.CharField(max_length=64, blank=True, default="", editable=False)
    pending_since = models.DateTimeField(null=True, blank=True, editable=False)
    pending_first = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        ordering = ["collection__name", "-is_default", "name"]
        verbose_name = _("golden set")
        verbose_name_plural = _("golden sets")
        constraints = [
            models.UniqueConstraint(fields=["collection", "name"], name="golden_set_name_unique"),
            models.UniqueConstraint(
                fields=["collection"],
                condition=Q(is_default=True),
                name="golden_set_one_default",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.collection.name} / {self.shown_name}"

    @property
    def shown_name(self) -> str:
        """Its name; that of the default set in the reader's language until it is given another."""
        is_untouched = self.is_default and self.name == DEFAULT_NAME
        return gettext(DEFAULT_NAME) if is_untouched else self.name


class GoldenQuestion(PublicModel):
    """A question with the answer and the passages it must find: what runs measure.

    Without a set it belongs to the default set of its collection. A draft is not asked.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("in use")
        DRAFT = "draft", _("draft")

    class Origin(models.TextChoices):
        MANUAL = "manual", _("written")
        IMPORT = "import", _("imported")
        FEEDBACK = "feedback", _("from feedback")
        OPEN = "open", _("from an open question")
        DOCUMENT = "document", _("drafted from a document")

    collection = models.ForeignKey(
        Collection, on_delete=models.CASCADE, related_name="golden_questions"
    )
    golden_set = models.ForeignKey(
        GoldenSet,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="questions",
        verbose_name=_("golden set"),
    )
    text = models.TextField(_("question"))
    answers = models.JSONField(default=list)  # texts that count as right; empty: unanswerable
    documents = models.ManyToManyField(Document, related_name="+")  # where the answer stands
    evidence = models.TextField(  # what of a document answers it, in its words
        _("passage"), blank=True, default="", db_default=""
    )
    tags = models.CharField(  # separated by commas
        _("tags"), max_length=500, blank=True, default="", db_default=""
    )
    state = models.CharField(
        _("state"), max_length=8, choices=State.choices, default=State.ACTIVE, db_default="active"
    )
    origin = models.CharField(
        _("origin"),
        max_length=16,
        choices=Origin.choices,
        default=Origin.MANUAL,
        db_default="manual",
    )
    # The trace that a draft was taken from: a draft goes with its asker, what is in use does not.
    harvested_from = models.UUIDField(null=True, blank=True, editable=False, db_index=True)
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

    @property
    def tag_list(self) -> list[str]:
        """Its tags, each once, in their order."""
        return list(dict.fromkeys(tag.strip() for tag in self.tags.split(",") if tag.strip()))
