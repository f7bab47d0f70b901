"""The section evaluation of clawdbot.yaml: when golden sets are asked, and what they refuse."""

from pydantic import Field

from apps.core.config_sections import Section


class Evaluation(Section):
    """Golden sets: asked by themselves after changes, and in the way of switches that lose."""

    on_change: bool = Field(
        True,
        description="Golden sets are asked by themselves after a change of configuration, model, "
        "profile, index or documents.",
    )
    settle_minutes: float = Field(
        10, ge=0, le=1440, description="That long nothing more must have changed before they are."
    )
    documents_hours: float = Field(
        12,
        ge=0,
        le=720,
        description="Where only documents changed, a set is asked once in so many hours at most.",
    )
    max_loss: float = Field(
        0.03,
        ge=0,
        le=1,
        description="A switch of index, model or profile that loses more of a figure of a golden "
        "set is refused; a set may have its own.",
    )
    gate_questions: int = Field(
        10, ge=1, le=10_000, description="Golden sets with fewer questions refuse nothing."
    )
    keep_runs: int = Field(
        50,
        ge=2,
        le=10_000,
        description="Runs of a set of which each question's result is kept; figures stay.",
    )
