"""The page “Embedding models”: one in use, others built beside it; compare, switch, go back."""

from collections.abc import Mapping
from math import ceil
from operator import attrgetter
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from apps.accounts.signed_in import user_of
from apps.core.adminsite import (
    ModelAdmin,
    ReadOnly,
    SuperuserOnly,
    moment,
    pill,
    render_page,
    tell_refusal,
)
from apps.core.digits import number_in
from apps.core.errors import ClawdbotError
from apps.core.text import labelled
from apps.evaluation import comparison
from apps.evaluation.generation_steps import Chosen, open_job_of, plan, steps_of
from apps.evaluation.golden_admin import questions, runs, sets  # noqa: F401  # they register
from apps.knowledge.models import Collection
from apps.retrieval import embedding, generation_indexes, generation_jobs, generation_models
from apps.retrieval.generation_records import GenerationJob
from apps.retrieval.models import EmbeddingGeneration

LIST = "admin:retrieval_embeddinggeneration_changelist"
HISTORY = 12
State = EmbeddingGeneration.State
STATES: Mapping[str, tuple[str, Any]] = {
    State.CURRENT: ("good", gettext_lazy("In use")),
    State.READY: ("warn", gettext_lazy("Ready: waits for your decision")),
    State.BUILDING: ("busy", gettext_lazy("Being built")),
    State.RETIRED: ("quiet", gettext_lazy("Kept for a way back")),
    State.DISCARDED: ("quiet", gettext_lazy("Discarded")),
}
ORDER = [State.CURRENT, State.READY, State.BUILDING, State.RETIRED, State.DISCARDED]
AT_WORK: Mapping[str, Any] = {
    "": gettext_lazy("Waits for a worker"),
    "embed": gettext_lazy("Texts are embedded"),
    "index": gettext_lazy("The nodes make its index"),
    "measure": gettext_lazy("Questions are asked in both models"),
    "discard": gettext_lazy("Vectors are deleted"),
}


@admin.register(EmbeddingGeneration)
class EmbeddingModelsPage(SuperuserOnly, ReadOnly, ModelAdmin[EmbeddingGeneration]):
    """Superusers look, and decide."""

    def get_urls(self) -> list[URLPattern]:
        """With the steps, each asked for on a page of its own."""
        view = self.admin_site.admin_view
        own = [
            path("plan/", view(require_POST(self.plan_view)), name="embedding_model_plan"),
            path("progress/", view(self.progress_view), name="embedding_model_progress"),
            path("<int:pk>/<slug:name>/", view(self.step_view), name="embedding_model_step"),
        ]
        return own + super().get_urls()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """All of them as cards, with what was done lately, by whom."""
        self._require_superuser(request)
        ordered = sorted(_generations(), key=lambda one: (ORDER.index(State(one.state)), -one.pk))
        history = GenerationJob.objects.select_related("generation", "requested_by")
        context = {
            "title": _("Embedding models"),
            "cards": [_card(one) for one in ordered],
            "history": [(job, moment(job.created_at)) for job in history.order_by("-pk")[:HISTORY]],
            "at_work": generation_jobs.open_jobs().exists(),
            "location": request.GET.get("location", ""),
        }
        return render_page(self, request, "evaluation/admin/generations.html", context)

    def plan_view(self, request: HttpRequest) -> HttpResponse:
        """POST `location`: another model is tried; nothing is built yet."""
        self._require_superuser(request)
        try:
            plan(request.POST.get("location", ""), by=user_of(request))
        except ClawdbotError as error:
            tell_refusal(request, error)
        else:
            messages.success(request, _("It is being tried on a few texts."))
        return HttpResponseRedirect(reverse(LIST))

    def step_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """GET tells what will happen, POST does it."""
        self._require_superuser(request)
        generation = _generations().filter(pk=pk).first()
        step = steps_of(generation).get(name) if generation else None
        if generation is None:
            raise Http404
        if step is not None and request.method != "POST":
            context = {
                "title": generation.model_name,
                "original": generation,
                "card": _card(generation),
                "step": step,
                "golden": _golden_sets() if step.asks_golden else (),
            }
            return render_page(self, request, "evaluation/admin/generation_step.html", context)
        chosen = Chosen(user_of(request), _golden_sets().filter(pk=_key(request)).first())
        try:
            if step is None:
                messages.warning(request, _("That cannot be done any more: look what changed."))
            else:
                step.act(generation, chosen)
                messages.success(request, str(step.done))
        except ClawdbotError as error:
            tell_refusal(request, error)
        return HttpResponseRedirect(reverse(LIST))

    def progress_view(self, request: HttpRequest) -> HttpResponse:
        """What is at work now; `state` changes when the page has to be read anew."""
        self._require_superuser(request)
        jobs = list(generation_jobs.open_jobs())
        states = EmbeddingGeneration.objects.order_by("pk").values_list("pk", "state")
        failed = GenerationJob.objects.filter(state=GenerationJob.State.FAILED).count()
        entries = [
            {"bar": job.generation_id, "done": job.done, "total": job.total,
             "words": _words(job)}
            for job in jobs
        ]  # fmt: skip
        steps = [(job.pk, job.step) for job in jobs]
        return JsonResponse({"bars": entries, "state": repr((list(states), steps, failed))})

    def _require_superuser(self, request: HttpRequest) -> None:
        if not self.has_module_permission(request):
            raise PermissionDenied


def _generations() -> Any:
    """With what their cards tell, so that any number of them costs the same queries."""
    return EmbeddingGeneration.objects.annotate(texts=Count("vectors")).prefetch_related("jobs")


def _card(generation: Any) -> dict[str, Any]:
    """Everything that is shown of one generation."""
    measured: Mapping[str, Any] = generation.report.get("measured", {})
    against: Mapping[str, Any] = measured.get("against", {})
    is_compared = generation.state != State.CURRENT and measured
    rows = (
        comparison.compared(against.get("figures", {}), measured["figures"]) if is_compared else []
    )
    estimate: Mapping[str, Any] = generation.report.get("estimate", {})
    job = open_job_of(generation)
    last = max(generation.jobs.all(), key=attrgetter("pk"), default=None)
    kept = generation.state not in {State.DISCARDED, State.BUILDING}
    return {
        "row": generation,
        "pill": pill(*_state(generation, job)),
        "steps": steps_of(generation).items(),
        "texts": generation.texts,
        "index_bytes": generation_indexes.size_bytes(generation),
        "waiting": generation_indexes.waited_for(generation) if kept else [],
        "estimate": estimate,
        "minutes": ceil(estimate.get("seconds", 0) / 60),
        "bytes_needed": estimate.get("vector_bytes", 0) + estimate.get("index_bytes", 0),
        "measured": measured if is_compared else None,
        "against": against.get("name", ""),
        "comparison": rows,
        "verdict": comparison.verdict(rows),
        "job": job,
        "job_words": _words(job) if job else "",
        "failure": last.problem if last and last.state == GenerationJob.State.FAILED else "",
        "problem": generation_models.problem_of(generation) if kept else "",
        "is_configured": embedding.configured_name() == generation.model_name,
    }


def _state(generation: Any, job: GenerationJob | None) -> tuple[str, Any]:
    """A tone and words: what is planned or was stopped is not being built."""
    if generation.state != State.BUILDING or (job and job.kind == GenerationJob.Kind.BUILD):
        return STATES[generation.state]
    return ("warn", _("Built in part")) if generation.texts else ("quiet", _("Not built yet"))


def _words(job: GenerationJob) -> str:
    words = str(AT_WORK.get(job.step, job.get_kind_display()))
    if job.total:
        words = labelled(words, f"{job.done:,} / {job.total:,}")
    return words + (f" ({job.problem})" if job.problem else "")


def _golden_sets() -> Any:
    """Collections with golden questions, by name."""
    return (
        Collection.objects.filter(deleted_at=None, golden_questions__isnull=False)
        .annotate(questions=Count("golden_questions", distinct=True))
        .order_by("name")
    )


def _key(request: HttpRequest) -> int:
    return number_in(request.POST.get("golden", "")) or 0
