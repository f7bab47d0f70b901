"""The change sequence that every node's indexer follows."""

from django.db import models


class ChangeSequence(models.Model):
    """One row: the last number given. Locking it makes numbers commit in their order."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="change_sequence_single_row"),
        ]


class Change(models.Model):
    """A version became searchable or stopped being so."""

    class Kind(models.TextChoices):
        PUBLISH = "publish"
        RETIRE = "retire"

    seq = models.PositiveBigIntegerField(primary_key=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    version_id = models.PositiveBigIntegerField()  # no foreign key: outlives its version

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["publish", "retire"]), name="change_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq}: {self.kind} {self.version_id}"
