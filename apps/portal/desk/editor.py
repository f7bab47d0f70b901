"""Writing a curated answer: the question, the words, the passages that hold it up."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from apps.core.errors import ClawdbotError
from apps.generation import open_questions
from apps.generation.curated import writing
from apps.generation.models import CuratedAnswer, OpenQuestion
from apps.knowledge.access import Scope
from apps.portal.browse.fragments import is_fragment
from apps.portal.desk.edited import Edited, preview_text, shown_sources
from apps.portal.desk.pages import DeskPart, collection_of
from apps.portal.desk.passages import passages_near
from apps.portal.desk.topics import row_of


class EditorPage(DeskPart):
    """One form: its buttons find passages, take them as sources, and store the answer.

    Works without scripts; with htmx only the form is exchanged.
    """

    tab = "answers"
    template_name = "portal/desk/editor.html"
    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The stored answer, or a new one to the open question `?question=`."""
        if self._answer:
            return self._shown(Edited.of_answer(self._answer))
        return self._shown(Edited.of_question(self._question, self.managed))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """`save` stores; `take` and `drop` change the sources; anything else searches."""
        edited = Edited.sent(request.POST)
        if chunk := request.POST.get("take", ""):
            edited = edited.with_chunk(chunk, scope=self._scope)
        if "save" not in request.POST:
            return self._shown(edited)
        collection = collection_of(self.managed, edited.collection)
        if collection is None:
            return self._shown(edited, _("Choose the collection that the answer belongs to."))
        try:
            draft = edited.draft(collection)
            saved = writing.curated_answer_save(by=self.user, draft=draft, answer=self._answer)
        except ClawdbotError as error:
            return self._shown(edited, error.message)
        if self._question:
            open_questions.question_settle(question=self._question, by=self.user)
        return self._stored(saved)

    def _stored(self, saved: CuratedAnswer) -> HttpResponse:
        address = reverse("desk-answer", args=[saved.uuid]) + "?saved=1"
        if is_fragment(self.request):  # the browser, not the part, goes there
            return HttpResponse(status=204, headers={"HX-Redirect": address})
        return redirect(address)

    def _shown(self, edited: Edited, problem: str = "") -> HttpResponse:
        collection = collection_of(self.managed, edited.collection)
        sources = shown_sources(edited, scope=self._scope)
        context = self.get_context_data(
            edited=edited,
            answer=self._answer,
            question=self._question,
            said=row_of(self._question, scope=self._scope) if self._question else None,
            sources=sources,
            found=passages_near(edited.find, scope=self._scope, collection=collection),
            preview=preview_text(edited),
            chosen=collection,
            problem=problem,
            is_saved="saved" in self.request.GET and not problem,
            most=writing.MAX_ANSWER_CHARACTERS,
        )
        return self.render_to_response(context)

    def get_template_names(self) -> list[str]:
        """The form alone for htmx."""
        return ["portal/desk/_form.html" if is_fragment(self.request) else self.template_name]

    @cached_property
    def _scope(self) -> Scope:
        return Scope.of(self.user)

    @cached_property
    def _answer(self) -> CuratedAnswer | None:
        uuid = self.kwargs.get("uuid")
        return writing.curated_answer_get(uuid=uuid, by=self.user) if uuid else None

    @cached_property
    def _question(self) -> OpenQuestion | None:
        asked = self.request.POST.get("open_question") or self.request.GET.get("question", "")
        try:
            uuid = UUID(asked)
        except ValueError:
            return None
        return self.question_of(uuid)
