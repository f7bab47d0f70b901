"""Work that is asked for on embedding generations, and how far each node's index of one is."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.work_records import Work


class JobKind(models.TextChoices):
    """What may be asked for."""

    ESTIMATE = "estimate", _("estimate")
    BUILD = "build", _("build")
    COMPLETE = "complete", _("embed what is missing")
    MEASURE = "measure", _("measure")
    SWITCH = "switch", _("switch")
    ROLLBACK = "rollback", _("go back")
    DISCARD = "discard", _("discard")


class GenerationJob(Work):
    """Work on a generation, by whom it was asked for. One runs at a time."""

    Kind = JobKind

    generation = models.ForeignKey(
        "retrieval.EmbeddingGeneration", on_delete=models.CASCADE, related_name="jobs"
    )
    kind = models.CharField(max_length=16, choices=Kind.choices)
    # Whose golden questions measure it; none: times and sizes only.
    golden = models.ForeignKey(
        "knowledge.Collection", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    step = models.CharField(max_length=16, blank=True, default="")  # what it is at
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    cursor = models.PositiveBigIntegerField(default=0)  # chunks up to this key have their vectors

    class Meta:
        verbose_name = _("work on an embedding model")
        verbose_name_plural = _("work on embedding models")
        constraints = [
            models.UniqueConstraint(
                fields=["state"],
                condition=models.Q(state="running"),
                name="generation_job_one_running",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.generation_id}: {self.state}"


class GenerationIndex(models.Model):
    """What a node's index over one generation contains. Written by that node's indexer."""

    node = models.CharField(max_length=100)
    generation = models.ForeignKey(
        "retrieval.EmbeddingGeneration", on_delete=models.CASCADE, related_name="indexes"
    )
    change_seq = models.PositiveBigIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    size_bytes = models.PositiveBigIntegerField(default=0)
    updated_at = clock.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["node", "generation"], name="generation_index_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.node}, {self.generation_id}: {self.change_seq}"
