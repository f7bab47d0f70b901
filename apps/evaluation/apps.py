"""Django's view of apps.evaluation."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "apps.evaluation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Golden answers were drawn from documents."""
        from apps.evaluation.golden_questions import golden_questions_forget  # needs the models
        from apps.knowledge import derivations

        derivations.register("golden", golden_questions_forget)
