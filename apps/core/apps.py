"""Django's view of apps.core."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "apps.core"

    def ready(self) -> None:
        """Nodes tell whom they do not believe."""
        from apps.core import client_address, node_report  # once the models are loaded

        node_report.FIGURES["unbelieved"] = client_address.unbelieved
