"""Who may read, or must not read, a single document."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import PublicModel
from apps.knowledge.models.documents import Document
from apps.knowledge.models.principals import principal_constraints


class DocumentGrant(PublicModel):
    """Lets one user, one group, or everyone who signs in, read a document; or keeps them out.

    A denial wins over every grant, of the document and of its collection; it does not bind
    administrators.
    """

    document = models.ForeignKey(
        Document, on_delete=models.CASCADE, related_name="grants", verbose_name=_("document")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="document_grants",
        verbose_name=_("user"),
    )
    group = models.ForeignKey(
        Group,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="document_grants",
        verbose_name=_("group"),
    )
    is_everyone = models.BooleanField(_("everyone who signs in"), default=False)
    is_denied = models.BooleanField(_("must not read it"), default=False)

    class Meta:
        verbose_name = _("grant on a document")
        verbose_name_plural = _("grants on documents")
        constraints = [
            *principal_constraints("document", prefix="document_grant"),
        ]
        indexes = [models.Index(fields=["is_everyone"], name="document_grant_everyone_idx")]

    def __str__(self) -> str:
        principal = self.user or self.group or _("everyone")
        return f"{principal}: {_('no') if self.is_denied else _('yes')}"
