"""Django's view of apps.evaluation."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvaluationConfig(AppConfig):
    name = "apps.evaluation"
    verbose_name = _("Evaluation")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Golden answers were drawn from documents; golden sets stand before switches."""
        from apps.accounts import leaving
        from apps.core import gates, measured
        from apps.evaluation.forgetting import drafts_of_person_forget, results_forget
        from apps.evaluation.golden_questions import golden_questions_forget
        from apps.evaluation.reporting import measured_runs
        from apps.knowledge import derivations

        derivations.register("golden", golden_questions_forget)
        derivations.register("golden_results", results_forget)
        leaving.register("golden", drafts_of_person_forget)
        gates.register("golden sets", _gate)
        measured.register("golden sets", measured_runs)


def _gate(switch: Any, by: Any) -> None:
    from apps.evaluation import gate  # heavy

    gate.gate(switch, by)
