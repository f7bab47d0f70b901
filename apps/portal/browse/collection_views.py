"""One collection: its documents, pinning it, adding to it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.signed_in import user_of
from apps.core import config
from apps.core.errors import ClawdbotError, NotFound
from apps.core.sizes import parse_size
from apps.knowledge.access import documents_of
from apps.knowledge.document_access import ruled_ids
from apps.knowledge.models import Collection, Document, Permission
from apps.knowledge.pins import pin_set, pinned_ids
from apps.knowledge.readers import readers_of
from apps.portal.browse.facets import facets_of
from apps.portal.browse.forms import UploadForm
from apps.portal.browse.fragments import FragmentPage, is_fragment
from apps.portal.browse.listing import Asked, DocumentRow, FolderRow, entries_page
from apps.portal.browse.lookups import collection_get, permission_on, scope_of
from apps.portal.browse.passages import passages_found
from apps.portal.browse.retrying import collection_retry
from apps.portal.browse.sending import files_submit
from apps.portal.policy import PortalPage


class CollectionPage(FragmentPage):
    """What is in a collection, and adding to it."""

    template_name = "portal/browse/collection.html"
    fragment_name = "portal/browse/_documents.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """A part of the page leaves out what stands around the list."""
        is_part = is_fragment(self.request)
        context: dict[str, Any] = {
            "is_fragment": is_part,
            "collection": self._collection,
            "asked": self._asked,
            "may_write": self._permission >= Permission.WRITE,
        }
        if self._asked.is_in_text:
            context |= self._passages()
        else:
            number = self.request.GET.get("page", "1")
            context["entries"] = entries = entries_page(self._documents, self._asked, number)
            context["ruled"] = self._ruled(entries)
        if not is_part or "counts" in self.request.GET:
            context |= {"facets": facets_of(self._documents)} | self._head()
        return super().get_context_data(**context, **kwargs)

    @cached_property
    def _collection(self) -> Collection:
        return collection_get(self.request, self.kwargs["uuid"])

    @cached_property
    def _permission(self) -> Permission:
        return permission_on(self.request, self._collection)

    @cached_property
    def _asked(self) -> Asked:
        return Asked.of(self.request.GET.dict())

    @cached_property
    def _documents(self) -> QuerySet[Document]:
        return documents_of(scope_of(self.request)).filter(collection=self._collection)

    def _ruled(self, entries: Iterable[FolderRow | DocumentRow]) -> frozenset[int]:
        """Those with readers of their own, for who manages them."""
        if self._permission < Permission.MANAGE:
            return frozenset()
        return ruled_ids(one.document.pk for one in entries if isinstance(one, DocumentRow))

    def _passages(self) -> dict[str, Any]:
        if not self._asked.query:
            return {"passages": []}
        try:
            scope = scope_of(self.request)
            found = passages_found(self._asked, scope=scope, collection=self._collection)
        except ClawdbotError as error:
            return {"passages": [], "problem": error.message}
        return {"passages": found}

    def _head(self) -> dict[str, Any]:
        limits = config.load().ingest
        user = user_of(self.request)
        is_manager = self._permission >= Permission.MANAGE
        return {
            "is_pinned": self._collection.pk in pinned_ids(user),
            "is_manager": is_manager,
            "reader_count": readers_of(self._collection).count() if is_manager else None,
            "may_administer": is_manager
            and user.is_staff
            and user.has_perm("knowledge.view_collection"),
            "max_bytes": parse_size(limits.max_file),
            "max_file": limits.max_file,
        }


class PinCollection(PortalPage):
    """Keeping a collection at hand in the side bar."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """`is_pinned=1` or `0`; htmx gets the button and the side bar's list, a browser a page."""
        collection = collection_get(request, uuid)
        is_pinned = request.POST.get("is_pinned") == "1"
        pin_set(user=user_of(request), collection=collection, is_pinned=is_pinned)
        if is_fragment(request):
            context = {
                "collection": collection,
                "is_pinned": is_pinned,
                "is_swapped": True,
                "is_slim": "slim" in request.POST,
            }
            return render(request, "portal/browse/_pin.html", context)
        return redirect("collection", uuid)


class UploadFiles(PortalPage):
    """Files from a browser without scripts; others are sent to the REST API one by one."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """Take them and go back to the list, which tells how far each is."""
        collection = collection_get(request, uuid, Permission.WRITE)
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            messages.error(request, _("No file came with the request. Choose it again."))
            return redirect("collection", uuid)
        sent = files_submit(
            form.cleaned_data["file"],
            collection=collection,
            by=user_of(request),
            on_conflict=form.cleaned_data["on_conflict"],
        )
        for refusal in sent.refusals:
            messages.error(request, refusal)
        if sent.taken:
            text = ngettext("%(n)d file is being read.", "%(n)d files are being read.", sent.taken)
            messages.success(request, text % {"n": sent.taken})
        return redirect("collection", uuid)


class RetryFailed(PortalPage):
    """Trying every failed document of a collection again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """Queue them and go back to the list."""
        collection = collection_get(request, uuid, Permission.WRITE)
        try:
            retried = collection_retry(collection, by=user_of(request))
        except NotFound as error:
            messages.error(request, error.message)
        else:
            text = ngettext(
                "%(n)d document is tried again.", "%(n)d documents are tried again.", retried
            )
            messages.success(request, text % {"n": retried})
        return redirect("collection", uuid)
