"""Restrictions of users and API keys that end by themselves or are lifted."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import PublicModel


class Restriction(PublicModel):
    """A user or a key is slowed down, or suspended, until `until`.

    The user or key says in `restricted_until` that there is one, so that nobody else pays for the
    look. Rows stay for the record.
    """

    class Kind(models.TextChoices):
        THROTTLE = "throttle", _("Slowed down")
        SUSPEND = "suspend", _("Suspended")

    kind = models.CharField(max_length=16, choices=Kind.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE,
        related_name="restrictions",
    )  # fmt: skip
    key = models.ForeignKey(
        "accounts.ApiKey", null=True, blank=True, on_delete=models.CASCADE,
        related_name="restrictions",
    )  # fmt: skip
    requests_per_minute = models.PositiveIntegerField(null=True, blank=True)  # of a throttle
    reason = models.CharField(max_length=500, blank=True, default="")
    until = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(  # none: the program
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    minute = models.BigIntegerField(default=0)  # which one `used` counts
    used = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("restriction")
        verbose_name_plural = _("restrictions")
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None, key__isnull=False) | Q(user__isnull=False, key=None),
                name="restriction_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.user or self.key}"
