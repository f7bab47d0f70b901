"""Model files: what they are, and that they are what they were."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import PublicModel


class Model(PublicModel):
    """A GGUF file that this installation may serve."""

    class State(models.TextChoices):
        FETCHING = "fetching", _("Being fetched")
        READY = "ready", _("Ready")
        DAMAGED = "damaged", _("Damaged")
        FAILED = "failed", _("Could not be fetched")

    name = models.SlugField(_("name"), max_length=100, unique=True)
    path = models.CharField(_("file"), max_length=1000)  # inside storage.models, or absolute
    source = models.CharField(_("source"), max_length=1000, blank=True, default="")
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, default="")
    size_bytes = models.PositiveBigIntegerField(_("size"), default=0)
    mtime_ns = models.BigIntegerField(default=0)  # of the file when its sha256 was made sure of
    fetched_bytes = models.PositiveBigIntegerField(default=0)  # while it is being fetched
    licence = models.CharField(_("licence"), max_length=200, blank=True, default="")
    architecture = models.CharField(_("architecture"), max_length=50, blank=True, default="")
    quantisation = models.CharField(_("quantisation"), max_length=50, blank=True, default="")
    parameters = models.PositiveBigIntegerField(_("parameters"), default=0)
    context_length = models.PositiveIntegerField(_("context"), default=0)  # tokens trained on
    is_embedding = models.BooleanField(_("makes embeddings"), default=False)
    facts = models.JSONField(default=dict)  # of the header: layers, heads, ... (apps.serving.gguf)
    measured = models.JSONField(default=dict)  # by `model test`: tokens/s, memory, when, where
    state = models.CharField(max_length=16, choices=State.choices, default=State.READY)
    problem = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["name"]
        verbose_name = _("language model")
        verbose_name_plural = _("language models")

    def __str__(self) -> str:
        return self.name
