"""Originals that lie in the database, and the places in which originals lie."""

from django.db import models

from apps.core import clock

PART_BYTES = 2**20


class OriginalPart(models.Model):
    """A piece of an original, where `storage.originals` is `database`. Written once."""

    sha256 = models.CharField(max_length=64)  # of the whole original
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sha256", "number"], name="original_part_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} {self.number}"


class OriginalsPlace(models.Model):
    """A place that holds originals of this database: see apps.knowledge.blob_places."""

    identity = models.CharField(max_length=1000, primary_key=True)
    address = models.CharField(max_length=1000)
    noted_at = clock.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.address
