"""All collections; a new one; how far documents are, and trying them again."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from apps.accounts.signed_in import user_of
from apps.core.errors import ClawdbotError
from apps.knowledge.access import documents_of
from apps.knowledge.services import collection_create
from apps.portal.browse.forms import CollectionForm
from apps.portal.browse.fragments import FragmentPage
from apps.portal.browse.listing import Asked, document_rows, named_like
from apps.portal.browse.lookups import scope_of
from apps.portal.browse.retrying import job_get
from apps.portal.browse.shelf import collection_rows, collections_found
from apps.portal.policy import PortalPage
from ingest.progress import Links, progress_of
from ingest.services import job_retry

COLLECTIONS_PER_PAGE = 60
DOCUMENTS_PER_PAGE = 30
LINKS = Links(document=lambda one: reverse("document", args=(one.uuid,)), job=lambda _job: "")


class BrowsePage(FragmentPage):
    """The collections one may read; with `q` those, and the documents, that it occurs in."""

    template_name = "portal/browse/collections.html"
    fragment_name = "portal/browse/_found.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The number of queries depends on neither collections nor documents."""
        user, query = user_of(self.request), Asked.of(self.request.GET.dict()).query
        number = self.request.GET.get("page", "1")
        shelf = Paginator(collections_found(user, query), COLLECTIONS_PER_PAGE)
        collections = shelf.get_page(number)
        context = {
            "query": query,
            "collections": collections,
            "rows": collection_rows(user, list(collections)),
            "may_create": user.has_perm("knowledge.add_collection"),
            "shown_page": collections,
        }
        if query:
            found = named_like(documents_of(scope_of(self.request)), query)
            paged = Paginator(found.order_by("path", "id"), DOCUMENTS_PER_PAGE).get_page(number)
            context["documents"] = paged
            context["document_rows"] = document_rows(paged.object_list)  # type: ignore[arg-type]
            if paged.paginator.num_pages > shelf.num_pages:
                context["shown_page"] = paged
        return super().get_context_data(**context, **kwargs)


class NewCollectionPage(PortalPage):
    """Making a collection."""

    template_name = "portal/browse/new_collection.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Only for those who may."""
        user = user_of(request)
        if user.is_authenticated and not user.has_perm("knowledge.add_collection"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, empty or as it was sent."""
        return super().get_context_data(**({"form": CollectionForm()} | kwargs))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make it and go there: it wants documents."""
        form = CollectionForm(request.POST)
        if form.is_valid():
            try:
                made = collection_create(by=user_of(request), **form.cleaned_data)
            except ClawdbotError as error:
                form.add_error("name", error.message)
            else:
                return redirect("collection", made.uuid)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class Progress(PortalPage):
    """How far documents and jobs are, for the scripts of these pages."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """`{"documents": [uuid], "jobs": [uuid]}`; answers those that may be read, by uuid."""
        try:
            answer = progress_of(request.body, scope=scope_of(request), links=LINKS)
        except ClawdbotError as error:
            return _refusal(error)
        return JsonResponse(answer)


class Retry(PortalPage):
    """Trying a failed document or archive again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """`job=<uuid>`: JSON for scripts, else back to the page (`next`)."""
        is_script = request.headers.get("Accept", "").startswith("application/json")
        try:
            job = job_get(request.POST.get("job", ""), scope=scope_of(request))
            job = job_retry(job=job, by=user_of(request))
        except ClawdbotError as error:
            if is_script:
                return _refusal(error)
            messages.error(request, error.message)
            return redirect(_back(request))
        if is_script:
            version = job.version
            entry = LINKS.of_document(version.document) if version else LINKS.of_job(job)
            return JsonResponse(entry)
        messages.success(request, _("It is tried again."))
        return redirect(_back(request))


def _refusal(error: ClawdbotError) -> JsonResponse:
    body = {"error": {"code": error.code, "message": error.message}}
    return JsonResponse(body, status=error.status)


def _back(request: HttpRequest) -> str:
    address = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}):
        return address
    return reverse("browse")
