"""The steps of the first visit that fill the installation, for administrators."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language

from apps.accounts.models import User
from apps.accounts.users import user_set_language
from apps.core import config
from apps.core.errors import ClawdbotError
from apps.core.sizes import parse_size
from apps.generation.answer import MAX_CHARACTERS
from apps.generation.suggestions import suggested_questions
from apps.knowledge.access import Scope, collections_of, documents_of
from apps.knowledge.models import Permission
from apps.knowledge.readers import readers_of
from apps.ops import first_visit
from apps.ops.first_visit import Step
from apps.portal.welcome.forms import CollectionForm, PersonForm
from apps.portal.welcome.pages import StepPage, as_404
from ingest.overview import scope_documents_by_status

PEOPLE_SHOWN = 8
QUESTIONS = 4


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
        engine = urlsplit(config.load().engines.remote_url).hostname
        return super().get_context_data(collections=there, remote_host=engine, **kwargs)

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
        """Make the people; their passwords are on this one page only."""
        form = PersonForm(request.POST)
        if not form.is_valid():
            return self.shown(form)
        try:
            admitted = first_visit.people_admit(
                names=form.names(), **form.again(), collection=self.collection, by=self.user
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
