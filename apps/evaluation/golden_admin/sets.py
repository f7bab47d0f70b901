"""The pages “Golden sets”: all of them, and one with its figures, slices, history and runs."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.signed_in import user_of
from apps.core.adminsite import ModelAdmin, render_page, tell_refusal
from apps.core.digits import number_in
from apps.core.errors import ClawdbotError, Invalid
from apps.evaluation import exchanging, sheets
from apps.evaluation.golden_admin.deeds import DEEDS, Deed
from apps.evaluation.golden_admin.rights import Managers, opened, set_of
from apps.evaluation.golden_admin.set_page import HISTORY, RUNS_SHOWN, context_of, lines_of
from apps.evaluation.golden_admin.words import COLUMNS
from apps.evaluation.golden_sets import (
    golden_set_create,
    golden_set_delete,
    golden_set_list,
)
from apps.evaluation.models import EvaluationRun, GoldenQuestion, GoldenSet
from apps.evaluation.scoring import NAMES
from apps.knowledge.access import collections_of
from apps.knowledge.models import Permission

LIST = "admin:evaluation_goldenset_changelist"
PAGE = "admin:evaluation_goldenset_change"
PROBLEMS_SHOWN = 50
_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".jsonl": "application/x-ndjson",
}


@admin.register(GoldenSet)
class GoldenSetsPage(Managers, ModelAdmin[GoldenSet]):
    """Who manages a collection looks after its golden sets."""

    def get_urls(self) -> list[URLPattern]:
        """With what is done with a set, each behind a button."""
        view = self.admin_site.admin_view
        deeds = [
            path(
                f"<int:pk>/{name}/",
                view(require_POST(self._view_of(deed))),
                name=f"golden_set_{name}",
            )
            for name, deed in DEEDS.items()
        ]
        view_import = view(require_POST(self.import_view))
        return [
            path("create/", view(require_POST(self.create_view)), name="golden_set_create"),
            path("<int:pk>/progress/", view(self.progress_view), name="golden_set_progress"),
            path("<int:pk>/questions<str:suffix>", view(self.export_view), name="golden_set_file"),
            path("<int:pk>/import/", view_import, name="golden_set_import"),
            *deeds,
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[GoldenSet]:
        """Those of collections that who looks manages: Django's own pages (history) ask here."""
        return golden_set_list(by=user_of(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By the form on the list."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By the buttons on its page."""
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of sets that who looks manages."""
        if not self.has_module_permission(request):
            return False
        return obj is None or golden_set_list(by=user_of(request)).filter(pk=obj.pk).exists()

    def delete_model(self, request: HttpRequest, obj: GoldenSet) -> None:
        """With its questions and runs."""
        golden_set_delete(golden_set=obj, by=user_of(request))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The set is named; all that it holds goes with it, whoever may see that."""
        names = [str(one) for one in objs]
        counts = [
            (GoldenQuestion._meta.verbose_name_plural, sum(one.questions.count() for one in objs)),
            (EvaluationRun._meta.verbose_name_plural, sum(one.runs.count() for one in objs)),
        ]
        return names, dict(counts), set(), []

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """All of them with their newest figures."""
        user = opened(request)
        context = {
            "title": _("Golden sets"),
            "rows": lines_of(golden_set_list(by=user)),
            "columns": [NAMES[name] for name in COLUMNS],
            "collections": collections_of(user, Permission.MANAGE),
        }
        return render_page(self, request, "evaluation/admin/golden_sets.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """One set: figures, slices, history, runs, and what can be done."""
        found = set_of(request, object_id)
        context = context_of(found, most=HISTORY if "all" in request.GET else RUNS_SHOWN)
        return render_page(self, request, "evaluation/admin/golden_set.html", context)

    def create_view(self, request: HttpRequest) -> HttpResponse:
        """POST `collection`, `name`."""
        user = opened(request)
        managed = collections_of(user, Permission.MANAGE)
        key = number_in(request.POST.get("collection", "")) or 0
        place = managed.filter(pk=key).first()
        try:
            if place is None:
                raise Invalid(_("Choose a collection that you manage."))
            name = request.POST.get("name", "")
            made = golden_set_create(collection=place, name=name, by=user)
        except ClawdbotError as error:
            tell_refusal(request, error)
            return HttpResponseRedirect(reverse(LIST))
        return HttpResponseRedirect(reverse(PAGE, args=(made.pk,)))

    def import_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST `file`, `check`: bring questions in, or only look."""
        found = set_of(request, pk)
        file = request.FILES.get("file")
        try:
            if file is None or not file.name:
                raise Invalid(_("Choose a file."))
            content = file.read(sheets.MOST_BYTES + 1)
            told = exchanging.golden_questions_import(
                golden_set=found,
                rows=sheets.read(file.name, content),
                by=user_of(request),
                is_trial="check" in request.POST,
            )
        except ClawdbotError as error:
            tell_refusal(request, error)
            return HttpResponseRedirect(reverse(PAGE, args=(pk,)))
        context = context_of(found) | {
            "imported": told,
            "is_trial": "check" in request.POST,
            "problems": told.problems[:PROBLEMS_SHOWN],
            "more_problems": max(0, len(told.problems) - PROBLEMS_SHOWN),
        }
        return render_page(self, request, "evaluation/admin/golden_set.html", context)

    def export_view(self, request: HttpRequest, pk: int, suffix: str) -> HttpResponse:
        """The questions as a file."""
        found = set_of(request, pk)
        rows = exchanging.golden_questions_export(golden_set=found, by=user_of(request))
        try:
            content = sheets.write(suffix, rows)
        except ClawdbotError as error:
            tell_refusal(request, error)
            return HttpResponseRedirect(reverse(PAGE, args=(pk,)))
        response = HttpResponse(content, content_type=_TYPES[suffix])
        response["Content-Disposition"] = f'attachment; filename="golden-questions{suffix}"'
        return response

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What is at work now; `state` changes when the page has to be read anew."""
        found = set_of(request, pk)
        runs = found.runs.order_by("-pk")[:RUNS_SHOWN]
        at_work = [run for run in runs if run.is_open]
        entries = [{"bar": run.pk, "done": run.done, "total": run.total} for run in at_work]
        return JsonResponse({"bars": entries, "state": repr([(r.pk, r.state) for r in runs])})

    def _view_of(self, deed: Deed) -> Callable[..., HttpResponse]:
        def act(request: HttpRequest, pk: int) -> HttpResponse:
            found = set_of(request, pk)
            try:
                messages.success(request, deed(found, user_of(request), request.POST))
            except ClawdbotError as error:
                tell_refusal(request, error)
            return HttpResponseRedirect(reverse(PAGE, args=(pk,)))

        return act
