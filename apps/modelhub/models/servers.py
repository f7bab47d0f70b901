"""Processes that hold a model, on whatever node."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import PublicModel
from apps.modelhub.models.files import Model


class ModelServer(PublicModel):
    """A model on a node: wanted, loading, or answering at `url`. Written by the node's keeper."""

    class State(models.TextChoices):
        WANTED = "wanted", _("Wanted")
        LOADING = "loading", _("Loading")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")
        REFUSED = "refused", _("Does not fit")
        STOPPED = "stopped", _("Stopped")

    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="servers")
    node = models.CharField(_("node"), max_length=200)
    url = models.CharField(_("address"), max_length=200, blank=True, default="")
    port = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=16, choices=State.choices, default=State.WANTED)
    is_pinned = models.BooleanField(default=False)  # asked for by name: never unloaded for another
    plan = models.JSONField(default=dict)  # threads, gpu_layers, context, parallel, reasons, bytes
    reason = models.CharField(max_length=500, blank=True, default="")
    last_used_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)  # the keeper's heartbeat
    figures = models.JSONField(default=dict)  # its last /metrics: running, waiting, tokens/s

    class Meta:
        ordering = ["model__name", "node"]
        verbose_name = _("model server")
        verbose_name_plural = _("model servers")
        constraints = [
            models.UniqueConstraint(fields=["model", "node"], name="model_server_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.model} @ {self.node}"
