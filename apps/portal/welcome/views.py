"""The pages of the first visit, for administrators; others do not find them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import Group
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import get_language

from apps.accounts.models import User
from apps.accounts.signed_in import user_of
from apps.accounts.users import user_set_language
from apps.core import config
from apps.core.errors import ClawdbotError, Invalid, NotFound
from apps.core.sizes import parse_size
from apps.generation.answer import MAX_CHARACTERS
from apps.generation.suggestions import suggested_questions
from apps.knowledge.access import Scope, collections_of, documents_of
from apps.knowledge.models import Collection, Permission
from apps.knowledge.readers import readers_of
from apps.ops import first_visit
from apps.ops.first_visit import Step
from apps.portal.policy import PortalPage
from apps.portal.welcome.forms import CollectionForm, PersonForm
from apps.portal.welcome.lead import SEEN
from apps.portal.welcome.steps import address, course, next_open
from ingest.overview import scope_documents_by_status

PEOPLE_SHOWN = 8
QUESTIONS = 4


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
            course=course(self.step, self.done()), collection=self.collection, **kwargs
        )

    def onward(self) -> HttpResponse:
        """To the next step."""
        return redirect(course(self.step, ()).onward)

    def shown(self, form: Form, refusal: ClawdbotError | None = None) -> HttpResponse:
        """The page again, with what was wrong."""
        if refusal is not None:
            form.add_error(None, refusal.message)
        return self.render_to_response(self.get_context_data(form=form))


class LanguageStep(StepPage):
    """The language of one's own pages."""

    step = Step.LANGUAGE

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep it with the user and in this browser."""
        language = request.POST.get("language", "")
        with as_404():
            user_set_language(user=self.user, language=language)
        response = self.onward()
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            samesite="Lax",
        )
        return response


class CollectionStep(StepPage):
    """A new collection, or one that is there."""

    step = Step.COLLECTION
    form_class = CollectionForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What is there already: the samples, mostly."""
        there = collections_of(self.user, Permission.WRITE).order_by("name")
        return super().get_context_data(collections=there, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make it, or go on with the one named by `collection`."""
        if "collection" in request.POST:
            with as_404():
                first_visit.first_collection_choose(
                    uuid=UUID(request.POST["collection"]), by=self.user
                )
            return self.onward()
        form = CollectionForm(request.POST)
        if not form.is_valid():
            return self.shown(form)
        try:
            first_visit.collection_begin(**form.cleaned_data, by=self.user)
        except ClawdbotError as refusal:
            return self.shown(form, refusal)
        return self.onward()


class UploadStep(StepPage):
    """The first documents: the upload of the collection's own page."""

    step = Step.UPLOAD

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """How large a file may be, and what is there already."""
        max_file = config.load().ingest.max_file
        documents = documents_of(Scope.of(self.user)).filter(collection=self.collection)
        return super().get_context_data(
            max_file=max_file,
            max_bytes=parse_size(max_file),
            document_total=documents.count() if self.collection else 0,
            **kwargs,
        )


class QuestionStep(StepPage):
    """The first question, asked in the collection."""

    step = Step.QUESTION

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Questions that the collection answers, and whether it can answer yet."""
        scope = Scope.of(self.user)
        if self.collection:
            scope = scope.narrowed([self.collection.uuid])
        questions = suggested_questions(scope=scope, language=get_language() or "", limit=QUESTIONS)
        return super().get_context_data(
            questions=questions,
            by_status=scope_documents_by_status(scope),
            max_characters=MAX_CHARACTERS,
            **kwargs,
        )


class PeopleStep(StepPage):
    """Who may sign in."""

    step = Step.PEOPLE
    form_class = PersonForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Who is there, and who may read the collection."""
        others = User.objects.exclude(pk=self.user.pk).order_by("-date_joined", "-pk")
        readers = readers_of(self.collection) if self.collection else User.objects.none()
        return super().get_context_data(
            people=others.prefetch_related("groups")[:PEOPLE_SHOWN],
            people_total=others.count(),
            readers_total=readers.count(),
            groups=Group.objects.order_by("name"),
            **kwargs,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make the person; the password is on this one page only."""
        form = PersonForm(request.POST)
        if not form.is_valid():
            return self.shown(form)
        try:
            admitted = first_visit.person_admit(
                **form.cleaned_data, collection=self.collection, by=self.user
            )
        except ClawdbotError as refusal:
            return self.shown(form, refusal)
        again = PersonForm(initial=form.again())
        return self.render_to_response(self.get_context_data(form=again, admitted=admitted))


class DoneStep(StepPage):
    """What is there now, and where to go from here."""

    step = Step.DONE

    def post(self, request: HttpRequest) -> HttpResponse:
        """Lead nobody here any more."""
        first_visit.first_visit_finish(by=self.user)
        return redirect("ask")


@contextmanager
def as_404() -> Iterator[None]:
    """No button of these pages sends it: whoever does gets no more than that."""
    try:
        yield
    except (NotFound, Invalid, ValueError) as error:
        raise Http404 from error
