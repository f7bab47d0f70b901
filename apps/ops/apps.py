"""Django's view of apps.ops."""

from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "apps.ops"
    default_auto_field = "django.db.models.BigAutoField"
