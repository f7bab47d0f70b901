"""The history: finding and renaming conversations."""

from typing import Any, cast
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from apps.accounts.models import User
from apps.core.errors import Invalid, NotFound
from apps.generation.conversations import (
    MAX_QUERY_CHARACTERS,
    MAX_TITLE_CHARACTERS,
    conversation_get,
    conversation_history,
    conversation_update,
)
from apps.generation.models import Conversation
from apps.portal.browse.fragments import FragmentPage, is_fragment
from apps.portal.conversations.days import by_stretch

PER_PAGE = 30


class ConversationsPage(FragmentPage):
    """One's own conversations by day, searchable."""

    template_name = "portal/conversations/list.html"
    fragment_name = "portal/conversations/found.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`?q=` searches, `?shared=1` shows those with shared answers, `?page=` turns the page."""
        asked = self.request.GET
        query = asked.get("q", "").replace("\0", "").strip()[:MAX_QUERY_CHARACTERS]
        is_shared = asked.get("shared") == "1"
        found = conversation_history(
            by=cast(User, self.request.user), query=query, only_shared=is_shared
        )
        page = Paginator(found, PER_PAGE).get_page(asked.get("page"))
        return super().get_context_data(
            query=query,
            is_shared=is_shared,
            shown=page,
            stretches=by_stretch(page.object_list, today=timezone.localdate()),
            max_query=MAX_QUERY_CHARACTERS,
            **kwargs,
        )


class TitlePage(FragmentPage):
    """Renaming one conversation, in its place in the list or on a page of its own."""

    template_name = "portal/conversations/rename.html"
    fragment_name = "portal/conversations/title_form.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; with `?cancel`, the title as it is."""
        conversation = self._conversation()
        if "cancel" in request.GET:
            return self._titled(conversation)
        return self.render_to_response(self.get_context_data(conversation=conversation))

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """The new title, or the form with what is wrong."""
        conversation, user = self._conversation(), cast(User, request.user)
        title = request.POST.get("title", "").replace("\0", "")
        try:
            changed = conversation_update(conversation=conversation, by=user, title=title)
        except Invalid as error:
            context = self.get_context_data(conversation=conversation, problem=error.message)
            return self.render_to_response(context)
        return self._titled(changed)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the form needs."""
        return super().get_context_data(max_title=MAX_TITLE_CHARACTERS, **kwargs)

    def _conversation(self) -> Conversation:
        try:
            return conversation_get(uuid=self.kwargs["uuid"], by=cast(User, self.request.user))
        except NotFound as error:
            raise Http404 from error

    def _titled(self, conversation: Conversation) -> HttpResponse:
        if not is_fragment(self.request):
            return redirect("conversations")
        return self.response_class(
            request=self.request,
            template=["portal/conversations/titled.html"],
            context={"conversation": conversation, "is_focused": True, "query": ""},
            using=self.template_engine,
        )
