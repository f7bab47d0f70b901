"""Who is there: the processes of all nodes, and leases that one of them holds for all."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NodeProcess(models.Model):
    """A process of a node, as it reported itself last. The database's clock says when.

    Leaves when the process ends in order; what was killed falls silent and is forgotten later.
    """

    class State(models.TextChoices):
        STARTING = "starting", _("starting")
        READY = "ready", _("ready")
        UNREADY = "unready", _("not ready")
        DRAINING = "draining", _("draining")

    node = models.CharField(max_length=100)
    kind = models.CharField(max_length=32)  # as in clawdbot_site.supervision.processes
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.STARTING)
    reason = models.CharField(max_length=500, blank=True, default="")  # why it is not ready
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    version = models.CharField(max_length=32)
    migrations = models.PositiveIntegerField(default=0)  # that its program knows
    key_fingerprint = models.CharField(max_length=64, blank=True, default="")
    clock_offset_s = models.FloatField(default=0.0)  # of its clock ahead of the database's
    figures = models.JSONField(default=dict, blank=True)  # load, memory, requests: they change
    facts = models.JSONField(default=dict, blank=True)  # how its node is set up

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["node", "kind", "host", "pid"], name="node_process_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pid} of {self.node}"


class Lease(models.Model):
    """What one process at a time does for all nodes. `until` is of the database's clock."""

    name = models.CharField(max_length=100, primary_key=True)
    holder = models.CharField(max_length=300)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.holder}"
