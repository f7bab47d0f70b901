"""Django's view of apps.generation."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GenerationConfig(AppConfig):
    name = "apps.generation"
    verbose_name = _("Answers")
    default_auto_field = "django.db.models.BigAutoField"
