"""Django's view of apps.core."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "apps.core"

    def ready(self) -> None:
        """Nodes tell whom they do not believe; questions are looked at for the ledger."""
        from apps.core import client_address, metering, node_report  # once the models are loaded
        from apps.core.injection import is_injection

        metering.detect_injections_with(is_injection)
        node_report.FACTS["unbelieved"] = client_address.unbelieved
