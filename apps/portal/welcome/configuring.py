"""The steps of the first visit that decide what clawdbot.yaml says."""

from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from apps.core import config
from apps.core.errors import ClawdbotError
from apps.ops.first_visit import Step
from apps.ops.setup import engines, machine, notes, sizing
from apps.ops.setup.choices import Choices, Engine, Wish, is_open, opened, proposal, wanted
from apps.ops.setup.drafting import value_of
from apps.ops.setup.models import model_take
from apps.ops.setup.nonsense import problems
from apps.portal.welcome.changing import SETTLED, draft_of
from apps.portal.welcome.forms import ENGINE_KEYS, LIMIT_KEYS, EngineForm, LimitsForm, MachineForm
from apps.portal.welcome.pages import StepPage
from apps.portal.welcome.words import size_about, size_name, size_sets, spoken


class MachineStep(StepPage):
    """What the machine has, and the size that suits it."""

    step = Step.MACHINE
    form_class = MachineForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Hardware, all sizes, and which one is chosen."""
        here, current = machine.look(config.load()), config.load()
        suggestion = sizing.suggest(here)
        pending = self.notes.choices.profile
        is_settled = Step.MACHINE in self.notes.settled
        chosen = pending or (current.profile if is_settled else suggestion.profile)
        sizes = [
            (name, size_name(name), size_about(name), size_sets(proposal(name, here, current)))
            for name in sizing.PROFILES
        ]
        return super().get_context_data(
            here=here,
            reasons=[spoken(reason) for reason in suggestion.reasons[1:]],
            suggested=suggestion.profile,
            chosen=chosen,
            sizes=sizes,
            **kwargs,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Note the size."""
        form = MachineForm(request.POST)
        if not form.is_valid():
            return self.shown(form)
        return self.noted(form, Choices(form.cleaned_data["profile"]), {})


class EngineStep(StepPage):
    """Who writes the answers."""

    step = Step.ENGINE
    form_class = EngineForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What can answer here, and which GGUF files are near."""
        current = config.load()
        here, wish = machine.look(current), self.notes.choices.wish
        kwargs.setdefault("form", EngineForm(initial=engine_initial(wish)))
        chosen = kwargs["form"]["engine"].value()
        return super().get_context_data(
            here=here, files=engines.files_near(current, here), chosen=chosen, **kwargs
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Look at it, take a file in, note it."""
        form = EngineForm(request.POST)
        if not form.is_valid():
            return self.shown(form)
        choices = Choices(wish=form.wish())
        found = problems(choices, machine.look(config.load()), config.load())
        if not found and (refused := self.looked_at(form)):
            return refused
        return self.noted(form, choices, ENGINE_KEYS)

    def looked_at(self, form: EngineForm) -> HttpResponse | None:
        """The page again where the engine cannot answer; a file that can is a model from now on."""
        wish = form.wish()
        if wish.engine == Engine.GGUF:
            return self.taken_in(form, Path(wish.path))
        if wish.engine in (Engine.SERVER, Engine.REMOTE) and not form.cleaned_data["anyway"]:
            names, problem = engines.models_at(wish.url, wish.key)
            if problem:
                form.add_error("url", spoken(problem.sentence))
                return self.shown(form, can_insist=True)
            if wish.engine == Engine.REMOTE and names and wish.model not in names:
                form.add_error("model", _("It has no such model. Choose one."))
                return self.shown(form, names=names, can_insist=True)
        return None

    def taken_in(self, form: EngineForm, path: Path) -> HttpResponse | None:
        """Make a model of the file and want it here."""
        found = engines.candidate(path, config.load())
        if found.refusal:
            form.add_error("path", found.refusal)
            return self.shown(form)
        try:
            model_take(path)
        except ClawdbotError as refusal:
            form.add_error("path", refusal.message)
            return self.shown(form)
        return None


class LimitsStep(StepPage):
    """What may be used, and from where people come."""

    step = Step.LIMITS
    form_class = LimitsForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What would be set, filled in."""
        current = config.load()
        found = wanted(self.notes.choices, machine.look(current), current)
        initial = {name: found.get(key, value_of(current, key)) for name, key in LIMIT_KEYS.items()}
        hosts = found.get("service.allowed_hosts", current.service.allowed_hosts)
        initial |= {
            "is_open": is_open(current) or "service.host" in found,
            "names": ", ".join(
                [one for one in hosts if one not in opened([])["service.allowed_hosts"]]
                or machine.addresses()
            ),
        }
        kwargs.setdefault("form", LimitsForm(initial=initial))
        return super().get_context_data(**kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Note them; then show what changes, or go on where nothing does."""
        form = LimitsForm(request.POST)
        if not form.is_valid():
            return self.shown(form)
        names = {key: name for name, key in LIMIT_KEYS.items()}
        return self.noted(form, Choices(values=form.values(config.load())), names)

    def onward(self) -> HttpResponse:
        """Over the changes, where there are any."""
        made = draft_of(self.notes.choices)
        if made.changes or made.problems:
            return redirect("welcome_changes")
        notes.settle(config.load(), SETTLED)
        return super().onward()


def engine_initial(wish: Wish | None) -> dict[str, Any]:
    """The form of what waits, else of what is in force."""
    current = config.load()
    if wish is None:
        url = current.engines.remote_url or next(iter(current.serving.servers), "")
        return {
            "engine": engines.now(current),
            "url": url,
            "model": current.engines.remote_model,
        }
    return {"engine": wish.engine, "path": wish.path, "url": wish.url, "model": wish.model}
