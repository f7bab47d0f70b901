"""Django's view of apps.generation."""

from django.apps import AppConfig


class GenerationConfig(AppConfig):
    name = "apps.generation"
    default_auto_field = "django.db.models.BigAutoField"
