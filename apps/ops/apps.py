"""Django's view of apps.ops."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OpsConfig(AppConfig):
    name = "apps.ops"
    verbose_name = _("Knowledge")
    default_auto_field = "django.db.models.BigAutoField"
