"""Runs of golden sets: what was asked, with what in force, and what became of each question."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import PublicModel
from apps.core.work_records import Work
from apps.knowledge.models import Document


class EvaluationRun(Work):
    """A golden set asked once. One is at work at a time.

    `figures`: {name: {"value", "low", "high", "n"}}; `slices`: {slice: figures}. They stay when the
    results of single questions are removed.
    """

    class Cause(models.TextChoices):
        BUTTON = "button", _("by hand")
        COMMAND = "command", _("on the command line")
        CHANGE = "change", _("after a change")
        GATE = "gate", _("before a switch")

    golden_set = models.ForeignKey(
        "evaluation.GoldenSet", on_delete=models.CASCADE, related_name="runs"
    )
    cause = models.CharField(max_length=16, choices=Cause.choices, default=Cause.BUTTON)
    changes = models.JSONField(default=list, blank=True)  # the parts of `setup` that changed
    # What is tried instead of what is in force: {"generation": key} and the like; empty: nothing.
    candidate = models.JSONField(default=dict, blank=True)
    setup = models.JSONField(default=dict, blank=True)  # what was in force, part by part
    fingerprint = models.CharField(max_length=64, blank=True, default="", db_index=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    figures = models.JSONField(default=dict, blank=True)
    slices = models.JSONField(default=dict, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("evaluation run")
        verbose_name_plural = _("evaluation runs")
        constraints = [
            models.UniqueConstraint(
                fields=["state"],
                condition=models.Q(state="running"),
                name="evaluation_run_one_at_work",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class EvaluationResult(models.Model):
    """What became of one question. The answer goes when a document that it quotes is deleted."""

    run = models.ForeignKey(EvaluationRun, on_delete=models.CASCADE, related_name="results")
    question = models.ForeignKey(
        "evaluation.GoldenQuestion", on_delete=models.CASCADE, related_name="results"
    )
    scores = models.JSONField(default=dict)  # {name: 0..1}; what does not apply is left out
    slices = models.JSONField(default=list)
    ranked = models.JSONField(default=list)  # keys of documents, each once, best first
    cited = models.ManyToManyField(Document, related_name="+")  # the answer may hold their words
    is_answered = models.BooleanField(default=False)
    answer = models.TextField(blank=True, default="")
    confidence = models.FloatField(default=0.0)
    ms = models.FloatField(default=0.0)
    engine = models.CharField(max_length=100, blank=True, default="")
    degraded = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "question"], name="evaluation_result_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.question_id}"


class GateDecision(PublicModel):
    """A switch that a golden set refused, or that somebody allowed all the same, and why."""

    kind = models.CharField(max_length=32)  # generation, profile, model
    subject = models.CharField(max_length=200, db_index=True)
    is_allowed = models.BooleanField(default=False)
    reason = models.TextField(blank=True, default="")
    words = models.TextField(blank=True, default="")  # what it would lose
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    baseline = models.ForeignKey(
        EvaluationRun, null=True, on_delete=models.CASCADE, related_name="+"
    )
    candidate = models.ForeignKey(
        EvaluationRun, null=True, on_delete=models.CASCADE, related_name="decisions"
    )

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("decision on a switch")
        verbose_name_plural = _("decisions on switches")

    def __str__(self) -> str:
        return f"{self.subject}: {self.reason or self.words}"
