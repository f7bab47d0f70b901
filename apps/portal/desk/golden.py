"""The golden set: questions with the answers that search and reading must find."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from apps.core.errors import ClawdbotError
from apps.evaluation import golden_questions
from apps.evaluation.golden_questions import GoldenDraft
from apps.generation.models import OpenQuestion
from apps.knowledge.access import Scope
from apps.portal.desk.pages import DeskPart, collection_of, page_of
from apps.portal.desk.passages import passages_near
from apps.portal.desk.topics import row_of


class GoldenPage(DeskPart):
    """All golden questions, newest first."""

    tab = "golden"
    template_name = "portal/desk/golden.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Narrowed by `collection`."""
        chosen = collection_of(self.managed, self.request.GET.get("collection", ""))
        rows = golden_questions.golden_question_list(by=self.user)
        if chosen:
            rows = rows.filter(collection=chosen)
        page = page_of(rows, self.request.GET.get("page", "1"))
        return super().get_context_data(page=page, chosen=chosen, **kwargs)


class GoldenForm(DeskPart):
    """Adding a question, prefilled from an open one."""

    tab = "golden"
    template_name = "portal/desk/golden_form.html"
    http_method_names = ["get", "post"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What was sent, else what the open question says."""
        sent = self.request.POST
        question = self._question
        text = sent.get("text", question.text if question else "")
        home = question.collection if question else None
        given = collection_of(self.managed, sent.get("collection", str(home.uuid) if home else ""))
        collection = given or (self.managed[0] if len(self.managed) == 1 else None)
        answers = sent.get("answers")
        if answers is None:
            scope = Scope.of(self.user)
            remarks = row_of(question, scope=scope).remarks if question else ()
            answers = "\n".join(one.correct_answer for one in remarks if one.correct_answer)
        return super().get_context_data(
            question=question,
            text=text,
            answers=answers,
            chosen=collection,
            documents=self._documents_near(text, collection),
            picked=set(sent.getlist("documents")),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Store it, or show what is missing; `find` only looks for documents."""
        if "find" in request.POST:
            return self.render_to_response(self.get_context_data(**kwargs))
        collection = collection_of(self.managed, request.POST.get("collection", ""))
        if collection is None:
            problem = _("Choose the collection that the question belongs to.")
            return self.render_to_response(self.get_context_data(problem=problem, **kwargs))
        draft = GoldenDraft(
            collection=collection,
            text=request.POST.get("text", "").replace("\0", ""),
            answers=request.POST.get("answers", "").replace("\0", "").splitlines(),
            documents=[UUID(one) for one in request.POST.getlist("documents") if _is_uuid(one)],
        )
        try:
            golden_questions.golden_question_add(by=self.user, draft=draft)
        except ClawdbotError as error:
            context = self.get_context_data(problem=error.message, **kwargs)
            return self.render_to_response(context)
        messages.success(request, _("The question is in the golden set now."))
        return redirect("desk-golden")

    def _documents_near(self, text: str, collection: Any) -> list[tuple[str, str]]:
        """Ids and titles of the documents that come nearest to the question, each once."""
        if not text.strip() or collection is None:
            return []
        found = passages_near(text, scope=Scope.of(self.user), collection=collection)
        near = {str(one.hit.document): one.hit.title or one.hit.path for one in found.passages}
        return list(near.items())

    @cached_property
    def _question(self) -> OpenQuestion | None:
        asked = self.request.POST.get("open_question") or self.request.GET.get("question", "")
        if not _is_uuid(asked):
            return None
        return self.question_of(UUID(asked))


class RemoveGolden(DeskPart):
    """Taking a question out of the set."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """Back to the list."""
        golden_questions.golden_question_remove(uuid=uuid, by=self.user)
        messages.success(request, _("The question was taken out of the golden set."))
        return redirect("desk-golden")


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
