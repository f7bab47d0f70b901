"""What the pages of the first visit have in common."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import cached_property

from apps.accounts.models import User
from apps.accounts.signed_in import user_of
from apps.core import config, config_file
from apps.core.errors import ClawdbotError, Invalid, NotFound
from apps.knowledge.models import Collection
from apps.ops import first_visit
from apps.ops.first_visit import Step
from apps.ops.setup import machine, notes
from apps.ops.setup.choices import Choices
from apps.ops.setup.notes import Notes
from apps.ops.setup.proposing import proposed
from apps.portal.policy import PortalPage
from apps.portal.welcome.lead import SEEN
from apps.portal.welcome.steps import address, course, next_open
from apps.portal.welcome.words import tell


class AdministratorPage(PortalPage):
    """Not found by anybody but administrators."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Whoever came here need not be led here again."""
        if request.user.is_authenticated:
            if not user_of(request).is_superuser:
                raise Http404
            request.session.setdefault(SEEN, True)
        return super().dispatch(request, *args, **kwargs)

    @property
    def user(self) -> User:
        """The administrator."""
        return user_of(self.request)

    @cached_property
    def collection(self) -> Collection | None:
        """The collection that the visit is about."""
        return first_visit.first_collection(by=self.user)

    @property
    def notes(self) -> Notes:
        """What has been decided on this node, and what waits."""
        return notes.read(config.load())

    def done(self) -> frozenset[Step]:
        """The steps whose result is there."""
        return first_visit.steps_done(by=self.user, collection=self.collection)


class WelcomePage(AdministratorPage):
    """Goes on where the visit stands."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """To the first step that is not done."""
        return redirect(address(next_open(self.done())))


class StepPage(AdministratorPage):
    """One step; `form_class` where it takes something in."""

    step: ClassVar[Step]
    form_class: ClassVar[type[Form] | None] = None

    def get_template_names(self) -> list[str]:
        """A template for each step."""
        return [f"portal/welcome/{self.step}.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Where one is in the course."""
        kwargs.setdefault("form", self.form_class() if self.form_class else None)
        return super().get_context_data(
            course=course(self.step, self.done()),
            collection=self.collection,
            is_waiting=self.notes.choices != Choices(),
            **kwargs,
        )

    def onward(self) -> HttpResponse:
        """To the next step."""
        return redirect(course(self.step, ()).onward)

    def shown(
        self, form: Form, refusal: ClawdbotError | None = None, **context: Any
    ) -> HttpResponse:
        """The page again, with what was wrong."""
        if refusal is not None:
            form.add_error(None, refusal.message)
        return self.render_to_response(self.get_context_data(form=form, **context))

    def noted(self, form: Form, choices: Choices, fields: Mapping[str, str]) -> HttpResponse:
        """Note the choices and go on; the page again where they cannot be meant.

        `fields`: names of the form's fields by keys of clawdbot.yaml.
        """
        current, waiting = config.load(), self.notes.choices
        whole = notes.merged(waiting, choices)
        here = machine.look(current)
        found = proposed(whole, config_file.text(), here, current).problems
        mine = {*fields, *choices.values, "profile"} if not choices.profile else None
        if mine is not None:
            found = [one for one in found if one.key in mine]
        if found:
            tell(form, found, fields)
            return self.shown(form)
        notes.choose(current, self.step, choices)
        return self.onward()


@contextmanager
def as_404() -> Iterator[None]:
    """No button of these pages sends it: whoever does gets no more than that."""
    try:
        yield
    except (NotFound, Invalid, ValueError) as error:
        raise Http404 from error
