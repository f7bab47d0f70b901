"""Vectors in the database (the truth behind the indexes) and how far each node's index is."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.models import PublicModel
from apps.retrieval.generation_records import GenerationIndex, GenerationJob
from apps.retrieval.vector_store import VectorStore

__all__ = [
    "EmbeddingGeneration",
    "GenerationIndex",
    "GenerationJob",
    "NodeIndex",
    "Vector",
    "VectorStore",
]


class EmbeddingGeneration(PublicModel):
    """One embedding model with its settings. Vectors of two generations never meet."""

    class State(models.TextChoices):
        BUILDING = "building", _("being built")
        READY = "ready", _("ready to be switched to")
        CURRENT = "current", _("in use")
        RETIRED = "retired", _("kept for a way back")
        DISCARDED = "discarded", _("discarded")

    model_sha256 = models.CharField(max_length=64)
    model_name = models.CharField(max_length=200)
    dimension = models.PositiveIntegerField()
    pooling = models.CharField(max_length=16, default="mean")
    prefix = models.CharField(max_length=100, blank=True, default="")
    state = models.CharField(max_length=16, choices=State.choices, default=State.BUILDING)
    # Where the model is when the configuration names another: a folder on every node.
    location = models.CharField(max_length=1000, blank=True, default="")
    report = models.JSONField(default=dict, blank=True)  # of building and measuring it
    built_at = models.DateTimeField(null=True, blank=True)
    switched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("embedding model")
        verbose_name_plural = _("embedding models")
        constraints = [
            models.UniqueConstraint(
                fields=["model_sha256", "dimension", "pooling", "prefix"],
                name="embedding_generation_unique",
            ),
            models.UniqueConstraint(
                fields=["state"],
                condition=models.Q(state="current"),
                name="embedding_generation_one_current",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model_name} ({self.model_sha256[:8]})"


class Vector(models.Model):
    """The unit-length embedding of one text: `dimension` little-endian float16 numbers."""

    generation = models.ForeignKey(
        EmbeddingGeneration, on_delete=models.CASCADE, related_name="vectors"
    )
    text_sha256 = models.CharField(max_length=64)
    data = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["generation", "text_sha256"], name="vector_unique"),
        ]

    def __str__(self) -> str:
        return self.text_sha256[:12]


class NodeIndex(models.Model):
    """What a node's index contains: everything up to `change_seq`. Written by its indexer."""

    node = models.CharField(max_length=100, primary_key=True)
    generation = models.PositiveBigIntegerField(default=0)  # of the index, grows with each publish
    change_seq = models.PositiveBigIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    # No file of the index holds anything of a version that was retired by this change or before.
    purged_seq = models.PositiveBigIntegerField(default=0)
    updated_at = clock.DateTimeField(auto_now=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verification = models.JSONField(default=dict, blank=True)  # what the last verify found
    repair_asked_at = models.DateTimeField(null=True, blank=True)  # by an administrator

    class Meta:
        verbose_name = _("index of a node")
        verbose_name_plural = _("indexes of nodes")

    def __str__(self) -> str:
        return f"{self.node}: {self.change_seq}"
