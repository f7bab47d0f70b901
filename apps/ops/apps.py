"""Django's view of apps.ops."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OpsConfig(AppConfig):
    name = "apps.ops"
    verbose_name = _("System")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say which originals are packs, and who measures GPUs: one process of a node does."""
        from apps.core import machine
        from apps.knowledge import blob_users, derivations  # once the models are loaded
        from apps.ops.ledger.gauges import gpu_figures
        from apps.ops.packs.arriving import in_use
        from apps.ops.reports.forgetting import names_forget

        blob_users.register(in_use)
        derivations.register("reports", names_forget)
        machine.MEASURES["indexer"] = gpu_figures
