"""Users and API keys, and how they are limited. Groups are Django's."""

from django.contrib.auth.models import AbstractUser, Group
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.restriction_records import Restriction
from apps.core import clock
from apps.core.models import PublicModel
from apps.core.text import detect_language

__all__ = ["ApiKey", "Restriction", "SignInAttempts", "TrafficLimit", "User"]


class User(AbstractUser):
    """A person or an intranet system that may read collections."""

    language = models.CharField(_("language"), max_length=16, blank=True, default="")
    restricted_until = models.DateTimeField(null=True, blank=True, editable=False)

    def get_full_name(self) -> str:
        """As people of that language write it: 李娜, Na Li."""
        if detect_language(self.last_name) == "zh":
            return f"{self.last_name}{self.first_name}".strip()
        return super().get_full_name()


class ApiKey(PublicModel):
    """A bearer secret acting as its user. Only its SHA-256 is stored; the text is shown once."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="api_keys", verbose_name=_("acts as")
    )
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=16, editable=False)
    secret_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    restricted_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_usable(self) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (
            self.expires_at is None or self.expires_at > clock.now()
        )


class TrafficLimit(models.Model):
    """What one user, one API key or each member of a group may ask for. Empty: as configured.

    A key's own limit goes before its user's, and that before the groups', of which the most
    generous counts.
    """

    user = models.OneToOneField(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="traffic_limit"
    )
    key = models.OneToOneField(
        ApiKey, null=True, blank=True, on_delete=models.CASCADE, related_name="traffic_limit"
    )
    group = models.OneToOneField(
        Group, null=True, blank=True, on_delete=models.CASCADE, related_name="traffic_limit"
    )
    requests_per_minute = models.PositiveIntegerField(
        _("requests per minute"), null=True, blank=True
    )
    tokens_per_minute = models.PositiveIntegerField(_("tokens per minute"), null=True, blank=True)
    streams = models.PositiveIntegerField(_("answers at one time"), null=True, blank=True)
    requests_per_day = models.PositiveIntegerField(_("requests per day"), null=True, blank=True)

    class Meta:
        verbose_name = _("traffic limit")
        verbose_name_plural = _("traffic limits")
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None, key=None, group__isnull=False)
                | Q(user=None, key__isnull=False, group=None)
                | Q(user__isnull=False, key=None, group=None),
                name="traffic_limit_of_one",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user or self.key or self.group)


class SignInAttempts(models.Model):
    """Failed attempts to sign in under a name from an address, since the last success."""

    name = models.CharField(max_length=150)
    address = models.CharField(max_length=64)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "address"], name="sign_in_attempts_unique")
        ]

    def __str__(self) -> str:
        return f"{self.name} from {self.address}"
