"""Profiles: how answers of one kind are made; and the terms of their trade."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import PublicModel
from apps.modelhub.models.files import Model


class Profile(PublicModel):
    """What a profile changes against the shipped one of that name; empty fields change nothing."""

    class Engine(models.TextChoices):
        AUTO = "auto", _("As the installation")
        BUILTIN = "builtin", _("Built-in reader")
        LOCAL = "local", _("Model server")
        REMOTE = "remote", _("Remote engine")
        HYBRID = "hybrid", _("Local first, then remote")

    name = models.SlugField(_("name"), max_length=32, unique=True)
    engine = models.CharField(
        _("answers by"), max_length=16, choices=Engine.choices, blank=True, default=""
    )
    model = models.ForeignKey(
        Model,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="profiles",
        verbose_name=_("model"),
    )
    prompt_en = models.TextField(_("instructions (English)"), blank=True, default="")
    prompt_zh = models.TextField(_("instructions (Chinese)"), blank=True, default="")
    refusal_en = models.TextField(_("refusal (English)"), blank=True, default="")
    refusal_zh = models.TextField(_("refusal (Chinese)"), blank=True, default="")
    refusal_zh_hant = models.TextField(
        _("refusal (traditional Chinese)"), blank=True, default=""
    )  # empty: as refusal_zh, where that is given
    min_confidence = models.FloatField(
        _("how sure an answer must be"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
    )
    temperature = models.FloatField(
        _("temperature"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0.0), MaxValueValidator(2.0)],
    )
    max_tokens = models.PositiveIntegerField(
        _("longest answer, in tokens"),
        null=True,
        blank=True,
        validators=[MinValueValidator(16), MaxValueValidator(32_768)],
    )
    passages = models.PositiveIntegerField(
        _("passages given to the engine"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
    )
    uses_glossary = models.BooleanField(_("uses the shipped glossary"), default=True)
    # Counts changes of the profile and of its terms: how every process learns of them.
    revision = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")

    def __str__(self) -> str:
        return self.name


class Term(PublicModel):
    """A term of the company's own, beside the shipped glossary of its profile."""

    profile = models.ForeignKey(
        Profile, on_delete=models.CASCADE, related_name="terms", verbose_name=_("profile")
    )
    en = models.CharField(_("English"), max_length=200, blank=True, default="")
    zh = models.CharField(_("Chinese"), max_length=200, blank=True, default="")
    synonyms = models.JSONField(_("synonyms and abbreviations"), default=list, blank=True)
    note = models.CharField(_("meaning"), max_length=500, blank=True, default="")

    class Meta:
        ordering = ["en", "zh"]
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        constraints = [
            models.CheckConstraint(condition=~models.Q(en="", zh=""), name="term_says_something"),
        ]

    def __str__(self) -> str:
        return " / ".join(filter(None, [self.en, self.zh]))
