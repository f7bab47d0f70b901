"""Django's view of apps.retrieval."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RetrievalConfig(AppConfig):
    name = "apps.retrieval"
    verbose_name = _("Index")
    default_auto_field = "django.db.models.BigAutoField"
