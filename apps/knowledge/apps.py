"""Django's view of apps.knowledge."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KnowledgeConfig(AppConfig):
    name = "apps.knowledge"
    verbose_name = _("Knowledge")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Nodes tell one another where they look for originals."""
        from apps.core import node_report  # needs the settings
        from apps.knowledge import blob_places  # once the models are loaded

        node_report.FACTS["originals"] = blob_places.identities
