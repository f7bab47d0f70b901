"""The page “Language models”: what there is, what is being fetched, adding and removing."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, DELETION, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.signed_in import user_of
from apps.core.adminsite import ModelAdmin, ReadOnly, SuperuserOnly, render_page, tell_refusal
from apps.core.digits import number_in
from apps.core.errors import ClawdbotError
from apps.modelhub import background, checking
from apps.modelhub.admin import words
from apps.modelhub.models import Model
from apps.modelhub.services import Wishes, model_remove, users_of
from apps.modelhub.sources import source_of

LIST = "admin:modelhub_model_changelist"
FIELDS = ("source", "name", "licence", "sha256")


def record(request: HttpRequest, model: Model, action: int, message: str = "") -> None:
    """Who did it stays in the admin's log."""
    LogEntry.objects.log_actions(
        user_of(request).pk, [model], action, change_message=message, single_object=True
    )


@admin.register(Model)
class ModelsPage(SuperuserOnly, ReadOnly, ModelAdmin[Model]):
    """Superusers look, add and remove."""

    def get_urls(self) -> list[URLPattern]:
        """With what can be done."""
        view = self.admin_site.admin_view
        own = [
            path("fetch/", view(require_POST(self.fetch_view)), name="modelhub_fetch"),
            path("progress/", view(self.progress_view), name="modelhub_progress"),
            path("<int:pk>/retry/", view(require_POST(self.retry_view)), name="modelhub_retry"),
            path("<int:pk>/remove/", view(self.remove_view), name="modelhub_remove"),
        ]
        return own + super().get_urls()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """All of them as cards, and the form that adds one."""
        self._require_superuser(request)
        models = Model.objects.order_by("name").prefetch_related("servers")
        context = {
            "title": _("Language models"),
            "cards": [words.card(model) for model in models],
            "is_fetching": any(model.state == Model.State.FETCHING for model in models),
            "wishes": {field: request.GET.get(field, "") for field in FIELDS},
        }
        return render_page(self, request, "modelhub/admin/models.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """Everything about one."""
        self._require_superuser(request)
        model = self._model(object_id)
        problem = checking.model_look(model)
        context = {
            "title": model.name,
            "original": model,
            "card": words.card(model),
            "problem": "" if model.state == Model.State.FETCHING else problem,
            **words.details(model),
        }
        return render_page(self, request, "modelhub/admin/model.html", context)

    def fetch_view(self, request: HttpRequest) -> HttpResponse:
        """POST `source`, `name`, `licence`, `sha256`: a worker adds the model."""
        self._require_superuser(request)
        given = {field: request.POST.get(field, "").strip() for field in FIELDS}
        source = given.pop("source")
        try:
            model = background.model_request(source_of(source), Wishes(**given))
        except ClawdbotError as error:
            tell_refusal(request, error)
            back = {"source": source.split("?", 1)[0], **given}
            return HttpResponseRedirect(reverse(LIST, query={k: v for k, v in back.items() if v}))
        record(request, model, ADDITION, f"From {source.split('?', 1)[0]}.")
        messages.success(request, _("“%(name)s” is being fetched.") % {"name": model.name})
        return HttpResponseRedirect(reverse(LIST))

    def retry_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST: fetch anew what could not be fetched."""
        self._require_superuser(request)
        try:
            background.model_retry(self._model(pk))
            messages.success(request, _("It is tried again."))
        except ClawdbotError as error:
            tell_refusal(request, error)
        return HttpResponseRedirect(reverse(LIST))

    def remove_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET tells what goes and who uses it, POST removes it."""
        self._require_superuser(request)
        model = self._model(pk)
        if request.method != "POST":
            context = {
                "title": model.name,
                "original": model,
                "goes": words.what_goes(model),
                "users": users_of(model),
            }
            return render_page(self, request, "modelhub/admin/remove.html", context)
        try:
            model_remove(model, is_forced=request.POST.get("forced") == "yes")
            record(request, Model(pk=pk, name=model.name), DELETION)
            messages.success(request, _("“%(name)s” is removed.") % {"name": model.name})
        except ClawdbotError as error:
            tell_refusal(request, error)
        return HttpResponseRedirect(reverse(LIST))

    def progress_view(self, request: HttpRequest) -> HttpResponse:
        """How far fetching is; `state` changes when the page has to be read anew."""
        self._require_superuser(request)
        models = list(Model.objects.order_by("pk"))
        entries = [
            {"bar": model.pk, **shown} for model in models if (shown := words.progress(model))
        ]
        state = repr([(model.pk, model.state) for model in models])
        return JsonResponse({"bars": entries, "state": state})

    def _model(self, pk: int | str) -> Model:
        model = Model.objects.filter(pk=number_in(str(pk)) or 0).first()
        if model is None:
            raise Http404
        return model

    def _require_superuser(self, request: HttpRequest) -> None:
        if not self.has_module_permission(request):
            raise PermissionDenied
