"""Which version of the program brought the tables to where they are."""

from django.db import models

from apps.core import clock


class SchemaChange(models.Model):
    """The tables were brought from one version's to another's, forward or back."""

    version = models.CharField(max_length=32)  # whose tables they are since
    node = models.CharField(max_length=100)
    at = clock.DateTimeField(auto_now_add=True)
    migrations = models.JSONField(default=list)  # that were applied, or taken back

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.version
