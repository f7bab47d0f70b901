"""The steps as the pages show them: where one is, what is done, what comes next."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext, pgettext

from apps.ops.first_visit import Step


@dataclass(frozen=True, slots=True)
class Stage:
    """One step in the row of all."""

    step: Step
    name: str
    url: str
    is_done: bool
    is_here: bool


@dataclass(frozen=True, slots=True)
class Course:
    """The row of all steps, seen from one of them."""

    stages: tuple[Stage, ...]
    number: int

    @property
    def back(self) -> str:
        """Address of the step before; empty on the first."""
        return self.stages[self.number - 2].url if self.number > 1 else ""

    @property
    def onward(self) -> str:
        """Address of the step after; the last leads to itself."""
        return self.stages[min(self.number, len(self.stages) - 1)].url

    @property
    def is_over(self) -> bool:
        """Whether somebody has finished it."""
        return self.stages[-1].is_done

    @property
    def is_missing(self) -> bool:
        """Whether a step before the last is open."""
        return not all(stage.is_done for stage in self.stages[:-1])


def course(here: Step, done: Iterable[Step]) -> Course:
    """All steps in their order, with the one that is shown."""
    finished, names = frozenset(done), _names()
    stages = tuple(
        Stage(step, names[step], address(step), step in finished, step is here) for step in Step
    )
    return Course(stages, tuple(Step).index(here) + 1)


def address(step: Step) -> str:
    """The page of the step."""
    return reverse(f"welcome_{step}")


def next_open(done: Iterable[Step]) -> Step:
    """Where to go on: the first step whose result is not there."""
    finished = frozenset(done)
    return next((step for step in Step if step not in finished), Step.DONE)


def _names() -> dict[Step, str]:
    return {
        Step.LANGUAGE: gettext("Language"),
        Step.MACHINE: gettext("Machine"),
        Step.ENGINE: gettext("Answers"),
        Step.LIMITS: gettext("Limits"),
        Step.COLLECTION: gettext("Collection"),
        Step.UPLOAD: gettext("Documents"),
        Step.QUESTION: gettext("First question"),
        Step.PEOPLE: gettext("People"),
        Step.DONE: pgettext("finish", "Done"),
    }
