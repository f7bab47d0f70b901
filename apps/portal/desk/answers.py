"""The curated answers: what is served first, how often, and what needs a look."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from apps.core.errors import Conflict, Invalid
from apps.generation.curated import writing
from apps.knowledge.access import Scope
from apps.portal.desk.pages import DeskPart, collection_of, page_of


class CuratedPage(DeskPart):
    """All of them, last changed first."""

    tab = "answers"
    template_name = "portal/desk/answers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Narrowed by `collection` and `q`, with those that step aside now."""
        asked = self.request.GET
        chosen = collection_of(self.managed, asked.get("collection", ""))
        text = asked.get("q", "").replace("\0", "").strip()
        rows = writing.curated_answer_list(by=self.user)
        if chosen:
            rows = rows.filter(collection=chosen)
        if text:
            rows = writing.curated_answer_search(rows, text)
        page = page_of(rows, asked.get("page", "1"))
        shown = list(page.object_list)
        return super().get_context_data(
            page=page,
            answers=shown,
            aside=writing.stepping_aside(shown, scope=Scope.of(self.user)),
            chosen=chosen,
            text=text,
            **kwargs,
        )


class UseAnswer(DeskPart):
    """Serving an answer, or no longer."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """`is_active=1` or `0`; back to the list."""
        answer = writing.curated_answer_get(uuid=uuid, by=self.user)
        is_active = request.POST.get("is_active") == "1"
        try:
            writing.curated_answer_use(answer=answer, by=self.user, is_active=is_active)
        except (Invalid, Conflict) as error:
            messages.error(request, error.message)
        else:
            told = _("It is served first again.") if is_active else _("It is not served any more.")
            messages.success(request, told)
        return redirect("desk-answers")


class DeleteAnswer(DeskPart):
    """Removing an answer for good."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """Back to the list."""
        answer = writing.curated_answer_get(uuid=uuid, by=self.user)
        writing.curated_answer_delete(answer=answer, by=self.user)
        messages.success(request, _("The curated answer was deleted."))
        return redirect("desk-answers")
