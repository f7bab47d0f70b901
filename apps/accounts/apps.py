"""Django's view of apps.accounts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "apps.accounts"
    verbose_name = _("Access")
    default_auto_field = "django.db.models.BigAutoField"
