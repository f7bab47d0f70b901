"""Collections and who may read them."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import PublicModel
from apps.knowledge.models.principals import principal_constraints


class Language(models.TextChoices):
    AUTO = "auto", _("Automatic")
    EN = "en", _("English")
    ZH = "zh", _("Chinese")


class Profile(models.TextChoices):
    GENERAL = "general", _("General")
    FINANCE = "finance", _("Finance")
    MEDICAL = "medical", _("Medical")
    LITE = "lite", _("Lite")


class RemoteUse(models.TextChoices):
    """Whether passages may be sent to an engine outside the building."""

    NO = "no", _("Never, unless allowed here")
    ALLOWED = "allowed", _("Allowed")
    INTERNAL = "internal", _("Internal: never, whoever asks")


class Collection(PublicModel):
    """A set of documents with one set of readers."""

    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True, default="")
    language = models.CharField(
        _("language"), max_length=8, choices=Language.choices, default=Language.AUTO
    )
    profile = models.CharField(
        _("profile"),
        max_length=16,
        choices=Profile.choices,
        blank=True,
        default="",
        help_text=_("How questions about it are answered; empty: as the installation is set."),
    )
    remote_use = models.CharField(
        _("remote engines"),
        max_length=16,
        choices=RemoteUse.choices,
        default=RemoteUse.NO,
        help_text=_(
            "Whether passages from here may be sent to an engine outside the building. Only a "
            "superuser makes a collection internal, or ends that."
        ),
    )
    min_confidence = models.FloatField(
        _("how sure an answer must be"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
        help_text=_("From 0 to 1; empty: the setting of the installation."),
    )
    suggested_questions = models.JSONField(_("suggested questions"), default=list, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("collection")
        verbose_name_plural = _("collections")
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(deleted_at=None), name="collection_live_name_unique"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="collection_name_not_empty"),
            models.CheckConstraint(
                condition=Q(min_confidence=None) | Q(min_confidence__range=(0.0, 1.0)),
                name="collection_min_confidence_share",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Permission(models.IntegerChoices):
    """What a grant allows; a higher one includes the lower."""

    READ = 10, _("Read")
    WRITE = 20, _("Read and add documents")
    MANAGE = 30, _("Manage")


class Grant(models.Model):
    """Lets one user, one group, or everyone who signs in, use a collection."""

    collection = models.ForeignKey(
        Collection, on_delete=models.CASCADE, related_name="grants", verbose_name=_("collection")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="grants",
    )
    group = models.ForeignKey(
        Group, null=True, blank=True, on_delete=models.CASCADE, related_name="grants"
    )
    is_everyone = models.BooleanField(_("everyone who signs in"), default=False)
    permission = models.PositiveSmallIntegerField(
        _("permission"), choices=Permission.choices, default=Permission.READ
    )

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = [
            *principal_constraints("collection", prefix="grant"),
            models.CheckConstraint(
                condition=Q(permission__in=[10, 20, 30]), name="grant_permission_known"
            ),
        ]

    def __str__(self) -> str:
        principal = self.user or self.group or _("everyone")
        return f"{principal}: {self.get_permission_display()}"


class Pin(models.Model):
    """A collection that a user keeps at hand."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="pins"
    )
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="pins")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "collection"], name="pin_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.collection}"
