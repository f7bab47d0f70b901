"""The pages of one run, and of two side by side, down to single questions."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from apps.accounts.models import User
from apps.accounts.signed_in import user_of
from apps.core.adminsite import ModelAdmin, ReadOnly, moment, render_page, tell_refusal
from apps.core.errors import ClawdbotError
from apps.evaluation import gate, run_queue
from apps.evaluation.candidates import described
from apps.evaluation.golden_admin.results import Shown, Wanted, rows_of
from apps.evaluation.golden_admin.rights import Managers, opened, run_of
from apps.evaluation.golden_admin.words import figures_of, percent, state_pill, why_of
from apps.evaluation.golden_sets import golden_set_list
from apps.evaluation.models import EvaluationRun
from apps.evaluation.run_comparison import Change, Comparison, compare
from apps.evaluation.scoring import NAMES
from apps.evaluation.setups import NAMES as PARTS

PAGE = "admin:evaluation_evaluationrun_change"
SETS = "admin:evaluation_goldenset_changelist"
OTHERS = 30
WORDS = {
    Change.WON: gettext_lazy("Won"),
    Change.LOST: gettext_lazy("Lost"),
    Change.MIXED: gettext_lazy("Better and worse"),
    Change.SAME: gettext_lazy("The same"),
}
TONES = {Change.WON: "good", Change.LOST: "bad", Change.MIXED: "warn", Change.SAME: "quiet"}


@admin.register(EvaluationRun)
class RunsPage(Managers, ReadOnly, ModelAdmin[EvaluationRun]):
    """Who manages a collection looks at the runs of its sets."""

    def get_urls(self) -> list[URLPattern]:
        """With the comparison, stopping, and allowing a switch."""
        view = self.admin_site.admin_view
        return [
            path("compare/", view(self.compare_view), name="evaluation_compare"),
            path("<int:pk>/stop/", view(require_POST(self.stop_view)), name="evaluation_stop"),
            path("<int:pk>/allow/", view(require_POST(self.allow_view)), name="evaluation_allow"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[EvaluationRun]:
        """Those of sets that who looks manages: Django's own pages (history) ask here."""
        sets = golden_set_list(by=user_of(request)).order_by().values("pk")
        return super().get_queryset(request).filter(golden_set__in=sets)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Runs are listed with their set."""
        return HttpResponseRedirect(reverse(SETS))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """`?show=wrong`, `?slice=`, `?page=`: figures, and what became of each question."""
        run = run_of(request, object_id)
        user = user_of(request)
        wanted = Wanted.of(request.GET, run)
        others = run.golden_set.runs.filter(state=EvaluationRun.State.DONE).exclude(pk=run.pk)
        page, results = rows_of(run, wanted, viewer=user)
        context = {
            "title": _("Run %(n)s of %(set)s") % {"n": run.pk, "set": run.golden_set},
            "original": run,
            "run": run,
            "pill": state_pill(run),
            "why": why_of(run),
            "at": moment(run.created_at),
            "is_at_work": run.is_open,
            "figures": figures_of(run.figures),
            "parts": [(PARTS[one], run.setup[one]) for one in PARTS if one in run.setup],
            "others": [(one, moment(one.created_at)) for one in others.order_by("-pk")[:OTHERS]],
            "wanted": wanted,
            "page": page,
            "results": results,
            "tried": described(run.candidate),
            "decisions": run.decisions.select_related("by", "baseline").order_by("pk"),
            "may_allow": bool(run.candidate) and _may_allow(user, run),
        }
        return render_page(self, request, "evaluation/admin/run.html", context)

    def stop_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST: end it."""
        run = run_of(request, pk)
        if run_queue.stop(run):
            messages.success(request, _("It was stopped."))
        return HttpResponseRedirect(reverse(PAGE, args=(pk,)))

    def allow_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST `reason`: the switch that it tried may be made all the same."""
        run = run_of(request, pk)
        try:
            reason = request.POST.get("reason", "")
            gate.switch_allow(run=run, reason=reason, by=user_of(request))
            messages.success(request, _("The switch is allowed for 24 hours. Make it now."))
        except ClawdbotError as error:
            tell_refusal(request, error)
        return HttpResponseRedirect(reverse(PAGE, args=(pk,)))

    def compare_view(self, request: HttpRequest) -> HttpResponse:
        """`?old=&new=`: figures with intervals, questions won and lost."""
        user = opened(request)
        old = run_of(request, request.GET.get("old", ""))
        new = run_of(request, request.GET.get("new", ""))
        found = compare(old, new)
        show = request.GET.get("show", "moved")
        context = {
            "title": _("Run %(new)s against run %(old)s") % {"new": new.pk, "old": old.pk},
            "original": new,
            "found": found,
            "is_same_set": old.golden_set_id == new.golden_set_id,
            "sides": [(_("Before"), old, moment(old.created_at), why_of(old)),
                      (_("After"), new, moment(new.created_at), why_of(new))],
            "figures": _figures(found),
            "counts": [(one, WORDS[one], TONES[one], found.counts[one.value]) for one in Change],
            "parts": _changed_parts(old, new),
            "pairs": _pairs(found, show, user),
            "show": show,
        }  # fmt: skip
        return render_page(self, request, "evaluation/admin/compare.html", context)


def _may_allow(user: User, run: EvaluationRun) -> bool:
    return user.is_superuser or "collection" in run.candidate


def _figures(found: Comparison) -> list[dict[str, Any]]:
    rows = []
    for one in found.figures:
        told = one.difference
        tone = ("good" if told.value > 0 else "bad") if told.is_clear else "quiet"
        rows.append(
            {
                "name": NAMES[one.name],
                "old": percent(one.old),
                "new": percent(one.new),
                "points": f"{100 * told.value:+.1f}",
                "low": f"{100 * told.low:+.1f}",
                "high": f"{100 * told.high:+.1f}",
                "tone": tone,
                "words": _("clear") if told.is_clear else _("may be chance"),
                "told": told,
            }
        )
    return rows


def _changed_parts(old: EvaluationRun, new: EvaluationRun) -> list[tuple[Any, str, str]]:
    return [
        (PARTS[one], old.setup.get(one, ""), new.setup.get(one, ""))
        for one in PARTS
        if old.setup.get(one) != new.setup.get(one)
    ]


def _pairs(found: Comparison, show: str, viewer: User) -> list[dict[str, Any]]:
    chosen = [
        one
        for one in found.pairs
        if one.change == show or (show == "moved" and one.change is not Change.SAME)
    ]
    answers = Shown([side for one in chosen for side in (one.old, one.new)], viewer)
    return [
        {
            "text": answers.question(one.new),
            "tone": TONES[one.change],
            "words": WORDS[one.change],
            "moves": [
                (NAMES[n], percent(old), percent(new), new > old) for n, old, new in one.moves
            ],
            "old": answers.answer(one.old),
            "new": answers.answer(one.new),
        }
        for one in chosen
    ]
