"""The desk: questions that wait for an answer, and what becomes of them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.generation import open_questions
from apps.generation.models import OpenQuestion
from apps.generation.open_questions import Wanted
from apps.knowledge.access import Scope
from apps.portal.browse.fragments import is_fragment
from apps.portal.desk.pages import DeskPart, collection_of, page_of
from apps.portal.desk.passages import passages_near
from apps.portal.desk.topics import topics_of

State = OpenQuestion.State


class DeskPage(DeskPart):
    """Questions of one state, by topic."""

    template_name = "portal/desk/desk.html"

    def get_template_names(self) -> list[str]:
        """The list alone for htmx."""
        return ["portal/desk/_questions.html" if is_fragment(self.request) else self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Narrowed by `state`, `collection`, `q`; `sort=newest` puts the last asked first."""
        asked = self.request.GET
        state = asked.get("state", State.OPEN)
        chosen = collection_of(self.managed, asked.get("collection", ""))
        wanted = Wanted(
            state=state if state in State.values else State.OPEN,
            collection=chosen.uuid if chosen else None,
            text=asked.get("q", "").replace("\0", ""),
            newest=asked.get("sort") == "newest",
        )
        rows = open_questions.open_question_list(by=self.user, wanted=wanted)
        page = page_of(rows, asked.get("page", "1"))
        return super().get_context_data(
            page=page,
            topics=topics_of(page.object_list, scope=Scope.of(self.user)),
            wanted=wanted,
            chosen=chosen,
            reasons=OpenQuestion.Why.choices,
            is_narrowed=bool(chosen or wanted.text),
            is_part=is_fragment(self.request),
            **kwargs,
        )

    @property
    def tab(self) -> str:  # type: ignore[override]  # follows the address
        """The state that is shown."""
        state = self.request.GET.get("state", State.OPEN)
        return state if state in State.values else State.OPEN


class SettleQuestion(DeskPart):
    """Answered, dismissed, or open again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """`state`: what it becomes; `why`: the reason to dismiss it. Back to the list."""
        question = open_questions.open_question_get(uuid=uuid, by=self.user)
        state = request.POST.get("state", "")
        if state == State.ANSWERED:
            open_questions.question_settle(question=question, by=self.user)
            messages.success(request, _("Settled. It comes back when it is asked in vain again."))
        elif state == State.DISMISSED:
            why = request.POST.get("why", OpenQuestion.Why.OTHER)
            open_questions.question_dismiss(question=question, by=self.user, why=why)
            messages.success(request, _("Dismissed. You find it under “Dismissed”."))
        else:
            open_questions.question_reopen(question=question, by=self.user)
            messages.success(request, _("The question is open again."))
        return redirect(f"{reverse('desk')}?{_narrowing(request.POST.get('back', ''))}")


def _narrowing(back: str) -> str:
    """The part of the list where one was; only what the list itself understands."""
    asked = QueryDict(back, mutable=True)
    for name in [name for name in asked if name not in ("state", "collection", "q", "sort")]:
        del asked[name]
    return asked.urlencode()


class NearestPassages(DeskPart):
    """What the documents say that comes nearest to a question."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A part of the page; found in what the curator may read."""
        question = open_questions.open_question_get(uuid=kwargs["uuid"], by=self.user)
        found = passages_near(
            question.text, scope=Scope.of(self.user), collection=question.collection
        )
        return render(request, "portal/desk/_nearest.html", {"found": found, "question": question})
