"""What rows of work in stints have in common: how far they are, and who is at them until when."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import PublicModel


class WorkState(models.TextChoices):
    """How far it is."""

    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    STOPPED = "stopped", _("stopped")
    FAILED = "failed", _("failed")


OPEN = (WorkState.QUEUED, WorkState.RUNNING)


class Work(PublicModel):
    """Work that one worker at a time does, in small stints. What a stint has done stays done.

    RUNNING with a `lease_until` that is over: its worker died, and it goes on elsewhere. That one
    row is RUNNING at a time is for a constraint of each kind of work to say.
    """

    State = WorkState

    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    problem = models.TextField(blank=True, default="")  # why it failed, or what it waits for
    worker = models.CharField(max_length=120, blank=True, default="")
    lease_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        """Whether it waits or is worked on."""
        return self.state in OPEN
