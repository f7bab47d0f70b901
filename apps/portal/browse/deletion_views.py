"""Deleting documents, with an account of what goes and a receipt."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.signed_in import user_of
from apps.core.errors import ClawdbotError
from apps.knowledge.access import documents_of
from apps.knowledge.deletion import document_delete
from apps.knowledge.models import Collection, Document, Erasure, Permission
from apps.ops.erasing.receipt import receipt_of
from apps.portal.browse.deletion import documents_delete, what_goes
from apps.portal.browse.fragments import FragmentPage
from apps.portal.browse.listing import PER_PAGE
from apps.portal.browse.lookups import collection_get, document_get, scope_of
from apps.portal.policy import PortalPage

RECEIPTS_PER_PAGE = 50


class DeleteDocument(PortalPage):
    """Asks with all that will go, then deletes."""

    template_name = "portal/browse/delete.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The account of what goes."""
        document = document_get(self.request, self.kwargs["uuid"], Permission.WRITE)
        return super().get_context_data(
            documents=[document],
            collection=document.collection,
            going=what_goes([document]),
            only=document,
            **kwargs,
        )

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """Delete it and lead to the receipt."""
        document = document_get(request, uuid, Permission.WRITE)
        title = document.title
        try:
            erasure = document_delete(document=document, by=user_of(request))
        except ClawdbotError as error:
            messages.error(request, error.message)
            return redirect("collection", document.collection.uuid)
        text = _("“%(name)s” is deleted: no answer contains it any more.")
        messages.success(request, text % {"name": title})
        return redirect("receipt", erasure.uuid)


class DeleteDocuments(PortalPage):
    """Several documents of a collection: a first POST asks, `confirmed=1` deletes."""

    http_method_names = ["post"]
    template_name = "portal/browse/delete.html"

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """`document=<uuid>` for each of them; those that are gone already are passed by."""
        collection = collection_get(request, uuid, Permission.WRITE)
        documents = self._chosen(collection)
        if not documents:
            messages.warning(request, _("Choose the documents first."))
            return redirect("collection", uuid)
        if request.POST.get("confirmed") != "1":
            context = self.get_context_data(
                documents=documents, collection=collection, going=what_goes(documents)
            )
            return self.render_to_response(context)
        deleted = documents_delete(documents, by=user_of(request))
        text = ngettext(
            "%(n)d document is deleted: no answer contains it any more.",
            "%(n)d documents are deleted: no answer contains them any more.",
            deleted,
        )
        messages.success(request, text % {"n": deleted})
        return redirect("receipts")

    def _chosen(self, collection: Collection) -> list[Document]:
        wanted = []
        for value in self.request.POST.getlist("document")[:PER_PAGE]:
            try:
                wanted.append(UUID(value))
            except ValueError:
                raise Http404 from None
        readable = documents_of(scope_of(self.request))
        return list(
            readable.filter(collection=collection, uuid__in=wanted).select_related("collection")
        )


class ReceiptsPage(FragmentPage):
    """What one has deleted, newest first; unfinished ones are followed."""

    template_name = "portal/browse/receipts.html"
    fragment_name = "portal/browse/_receipts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One's own receipts."""
        mine = Erasure.objects.filter(requested_by=user_of(self.request)).order_by("-created_at")
        page = Paginator(mine, RECEIPTS_PER_PAGE).get_page(self.request.GET.get("page", "1"))
        is_open = any(one.completed_at is None for one in page)
        return super().get_context_data(receipts=page, is_open=is_open, **kwargs)


class ReceiptPage(FragmentPage):
    """One receipt, followed until the last copy is gone."""

    template_name = "portal/browse/receipt.html"
    fragment_name = "portal/browse/_receipt.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One's own; administrators see all."""
        user = user_of(self.request)
        receipts = Erasure.objects.filter(uuid=self.kwargs["uuid"])
        found = (receipts if user.is_superuser else receipts.filter(requested_by=user)).first()
        if found is None:
            raise Http404
        return super().get_context_data(receipt=found, facts=receipt_of(found), **kwargs)
