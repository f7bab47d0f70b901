"""What the first visit changes in clawdbot.yaml: shown, applied, waited for."""

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from apps.core import applying, config, config_file
from apps.core.applying import Obstacle, State
from apps.core.models import NodeProcess
from apps.ops.first_visit import Step
from apps.ops.setup import machine, notes
from apps.ops.setup.choices import Choices
from apps.ops.setup.drafting import Draft
from apps.ops.setup.proposing import proposed
from apps.portal.welcome.pages import AdministratorPage, StepPage
from apps.portal.welcome.steps import address
from apps.portal.welcome.words import spoken

logger = logging.getLogger(__name__)
SETTLED = (Step.MACHINE, Step.ENGINE, Step.LIMITS)


class ChangesPage(StepPage):
    """What would be different in clawdbot.yaml, and how it comes into force."""

    step = Step.LIMITS
    template_name = "portal/welcome/changes.html"

    def get_template_names(self) -> list[str]:
        """Its own."""
        return [self.template_name]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Nothing to show: to the next step."""
        if not draft_of(self.notes.choices).changes:
            return super().onward()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The changes, key by key and line by line."""
        made = draft_of(self.notes.choices)
        return super().get_context_data(
            draft=made,
            lines=[(_tone(line), line) for line in made.diff.splitlines()[2:]],
            problems=[(one.key, spoken(one.sentence)) for one in made.problems],
            obstacle=(hindrance := obstacle()),
            path=config_file.path(),
            can_apply=hindrance == Obstacle.NONE and not made.problems,
            back=address(self.step),
            **kwargs,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Apply them, or drop them."""
        if "drop" in request.POST:
            notes.settle(config.load(), SETTLED)
            return self.onward()
        made = draft_of(self.notes.choices)
        if made.problems or obstacle() != Obstacle.NONE:
            return redirect("welcome_changes")
        keys = ", ".join(change.key for change in made.changes)
        logger.info("%s changes clawdbot.yaml: %s", self.user.pk, keys)
        applying.begin(made.new)
        return redirect("welcome_applying")


class ApplyingPage(StepPage):
    """While the processes start again."""

    step = Step.LIMITS

    def get_template_names(self) -> list[str]:
        """Its own."""
        return ["portal/welcome/applying.html"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Done: on to the next step."""
        outcome = applying.last(config.load())
        if outcome is None or outcome.state == State.DONE:
            notes.settle(config.load(), SETTLED)
            return self.onward()
        return self.render_to_response(self.get_context_data(outcome=outcome, **kwargs))


class AppliedState(AdministratorPage):
    """How far it is, for the page that waits."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """`running`, `done` or `failed`."""
        outcome = applying.last(config.load())
        return JsonResponse({"state": outcome.state if outcome else State.DONE})


def obstacle() -> Obstacle:
    """Why it cannot be applied from here: several nodes are set up one by one, each at its own."""
    if NodeProcess.objects.values("node").distinct().count() > 1:
        return Obstacle.SEVERAL
    return applying.obstacle()


def draft_of(choices: Choices) -> Draft:
    """What the choices change."""
    current = config.load()
    return proposed(choices, config_file.text(), machine.look(current), current)


def _tone(line: str) -> str:
    return {"+": "added", "-": "removed", "@": "place"}.get(line[:1], "")
