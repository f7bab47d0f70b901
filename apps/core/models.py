"""What every stored entity has in common; who is there (node_records)."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.node_records import Lease, NodeProcess
from apps.core.schema_records import SchemaChange

__all__ = ["Lease", "NodeProcess", "PublicModel", "SchemaChange"]


class PublicModel(models.Model):
    """A row with a public UUID beside its internal integer key."""

    uuid = models.UUIDField(_("identifier"), default=uuid.uuid4, unique=True, editable=False)
    created_at = clock.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        abstract = True
