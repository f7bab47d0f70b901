"""What the desk's pages have in common: only curators open them; refusals are shown or 404."""

from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.signed_in import user_of
from apps.core.errors import Forbidden, NotFound
from apps.generation.models import OpenQuestion
from apps.generation.open_questions import open_question_get, state_counts
from apps.knowledge.access import collections_of
from apps.knowledge.models import Collection, Permission
from apps.portal.policy import PortalPage

PER_PAGE = 20


class DeskPart(PortalPage):
    """A page of the desk. PermissionDenied for those who manage nothing."""

    tab: ClassVar[str] = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """NotFound and Forbidden of the services become the pages for it."""
        if request.user.is_authenticated and not self.managed and not self.user.is_superuser:
            raise PermissionDenied(
                _("The curator's desk is for those who manage a collection. Ask an administrator.")
            )
        try:
            return super().dispatch(request, *args, **kwargs)
        except NotFound:
            raise Http404 from None
        except Forbidden as error:
            raise PermissionDenied(error.message) from None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With what the tabs show."""
        return super().get_context_data(
            tab=self.tab, managed=self.managed, counts=state_counts(self.user), **kwargs
        )

    def question_of(self, uuid: UUID) -> OpenQuestion | None:
        """The open question that a form is about. Raises NotFound.

        None when it went while somebody wrote: what was written must not go with it.
        """
        try:
            return open_question_get(uuid=uuid, by=self.user)
        except NotFound:
            if self.request.method == "POST":
                return None
            raise

    @property
    def user(self) -> User:
        """Who is signed in."""
        return user_of(self.request)

    @cached_property
    def managed(self) -> list[Collection]:
        """The collections whose desk this is."""
        return list(collections_of(user_of(self.request), Permission.MANAGE).order_by("name"))


def page_of(rows: QuerySet[Any], number: str) -> Page[Any]:
    """One page of a list; a number that makes no sense gives the nearest page."""
    return Paginator(rows, PER_PAGE).get_page(number)


def collection_of(managed: list[Collection], uuid: str) -> Collection | None:
    """The managed collection with this id."""
    return next((one for one in managed if str(one.uuid) == uuid), None)
