"""The Milvus of an installation: its name there, and which node writes to it now."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Q

from apps.core import clock
from apps.core.models import PublicModel

LEASE = timedelta(seconds=120)  # longer than any one call of Milvus


class VectorStore(PublicModel):
    """One row. `uuid` tells this installation's collections from others' in the same Milvus."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    holder = models.CharField(max_length=100, blank=True, default="")
    held_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="vector_store_single_row"),
        ]

    def __str__(self) -> str:
        return f"{self.uuid}: {self.holder}"

    @classmethod
    def here(cls) -> Self:
        """The row, made at first use."""
        return cls.objects.get_or_create(id=1)[0]

    @property
    def prefix(self) -> str:
        """What the names of this installation's collections begin with."""
        return f"clawdbot_{self.uuid.hex[:12]}_"

    def hold(self, node: str) -> bool:
        """Take or keep the right to write for LEASE; False while another node has it."""
        now = clock.now()
        free = Q(holder=node) | Q(held_until=None) | Q(held_until__lt=now)
        mine = type(self).objects.filter(free, pk=self.pk)
        return bool(mine.update(holder=node, held_until=now + LEASE))

    def release(self, node: str) -> None:
        """Give the right back, so that another node need not wait for the end of the lease."""
        type(self).objects.filter(pk=self.pk, holder=node).update(held_until=None)
