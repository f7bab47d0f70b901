"""Admin pages of questions and feedback: what people wrote, so superusers only, and read only."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.accounts.signed_in import user_of
from apps.core.adminsite import ModelAdmin, ReadOnly, SuperuserOnly, display, moment, pill
from apps.core.text import labelled
from apps.generation.degradation import told
from apps.generation.models import Feedback, Trace, TraceSource
from apps.generation.trace_words import (
    considered_words,
    contradicted_words,
    left_out_words,
    version_words,
    weighed_words,
)
from apps.generation.weighed import candidates_named
from apps.generation.withholding import withhold
from apps.knowledge.access import Scope, versions_kept

STAGES = {
    "admission": _("Waiting for a place"),
    "embed": _("embedding the question"),
    "dense": _("search by meaning"),
    "lexical": _("search by words"),
    "fuse": _("joining both"),
    "hydrate": _("fetching the passages"),
    "read": _("reading the passages"),
    "search": _("search altogether"),
    "write": _("reading and writing"),
    "check": _("checking the sources"),
    "curated": _("Looking for a curated answer"),
    "total": _("altogether"),
}

MOST_CHARACTERS = 90  # of a question in a list
ENGINES = {"builtin": _("built-in reader"), "curated": _("a curator"), "courtesy": "–"}


@admin.register(Trace)
class TraceAdmin(SuperuserOnly, ReadOnly, ModelAdmin[Trace]):
    """Questions, their answers, and how they came about."""

    list_display = ("asked", "outcome", "certainty", "answered_by", "by", "took", "when")
    list_filter = ("kind", "is_answered", "engine", "created_at")
    search_fields = ("question", "uuid")
    list_select_related = ("user",)
    list_per_page = 50
    fieldsets = (
        (
            None,
            {"fields": ("question", "outcome", "answer", "certainty", "sources", "contradicted")},
        ),
        (_("How"), {"fields": ("by", "when", "answered_by", "took", "stages", "limits")}),
        (
            _("How this was found"),
            {"fields": ("searched", "considered", "weighed", "left_out", "again")},
        ),
        (_("For the record"), {"fields": ("uuid", "model_sha256", "index_generation", "versions")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Trace]:
        """Lists leave the long columns in the database."""
        return super().get_queryset(request).defer("candidates")

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Trace | None:
        """Without what quotes deleted documents."""
        trace = super().get_object(request, *args, **kwargs)
        if trace is not None:
            scope = Scope.of(user_of(request))
            withhold([trace], scope=scope)
            trace.candidates = candidates_named(trace, scope=scope)
        return trace

    @display(description=_("searched for"))
    def searched(self, trace: Trace) -> str:
        """The question as it was searched, with the other names of its terms."""
        return " · ".join([trace.search_query or trace.question, *trace.expansion])

    @display(description=_("found"))
    def considered(self, trace: Trace) -> str:
        """How many passages each leg found, and how many were read."""
        return considered_words(trace)

    @display(description=_("passages"))
    def weighed(self, trace: Trace) -> SafeString:
        """What was weighed, with ranks and the reader's scores."""
        return format_html("<ol>{}</ol>", weighed_words(trace.candidates))

    @display(description=_("left out by rights"))
    def left_out(self, trace: Trace) -> str:
        """Numbers only."""
        return left_out_words(trace)

    @display(description=_("look closer"))
    def again(self, trace: Trace) -> SafeString:
        """Where the same search is made again as its asker, with what was left out and why."""
        query = urlencode({"q": trace.question, "user": trace.user.get_username()})
        address = f"{reverse('admin_try_retrieval')}?{query}"
        return format_html('<a class="cb-link" href="{}">{}</a>', address, _("Try retrieval"))

    @display(description=_("versions"))
    def versions(self, trace: Trace) -> SafeString:
        """Of the program and the models that searched."""
        return version_words(trace)

    @display(description=_("question"))
    def asked(self, trace: Trace) -> str:
        """The first words of the question."""
        return _begun(trace.question)

    @display(description=_("outcome"), ordering="is_answered")
    def outcome(self, trace: Trace) -> SafeString:
        """Whether it was answered."""
        if trace.kind == Trace.Kind.SEARCH:
            return pill("quiet", _("Search"))
        return pill("good", _("Answered")) if trace.is_answered else pill("warn", _("Not found"))

    @display(description=_("confidence"), ordering="confidence")
    def certainty(self, trace: Trace) -> str:
        """The calibrated confidence of the answer."""
        return f"{trace.confidence:.0%}" if trace.kind == Trace.Kind.ASK else ""

    @display(description=_("by"), ordering="user__username")
    def by(self, trace: Trace) -> Any:
        """Who asked."""
        return trace.user

    @display(description=_("answered by"))
    def answered_by(self, trace: Trace) -> str:
        """The engine."""
        return str(ENGINES.get(trace.engine, trace.engine))

    @display(description=_("time"))
    def took(self, trace: Trace) -> str:
        """All stages together."""
        total = trace.timings_ms.get("total") or sum(trace.timings_ms.values())
        return f"{total:,.0f} ms"

    @display(description=_("asked on"), ordering="created_at")
    def when(self, trace: Trace) -> str:
        """When it was asked."""
        return moment(trace.created_at)

    @display(description=_("stages"))
    def stages(self, trace: Trace) -> Any:
        """Milliseconds of each stage."""
        told = ((STAGES.get(name, name), f"{ms:.1f} ms") for name, ms in trace.timings_ms.items())
        return format_html_join("", "<div>{}</div>", ((labelled(*row),) for row in told))

    @display(description=_("sources"))
    def sources(self, trace: Trace) -> Any:
        """What the answer cites."""
        rows = [
            (cite.get("n", ""), cite.get("title", ""), cite.get("page", ""), cite.get("quote", ""))
            for cite in trace.citations
        ]
        return format_html_join("", "<div>[{}] <strong>{}</strong>, {}: “{}”</div>", rows)

    @display(description=_("contradicted by its sources"))
    def contradicted(self, trace: Trace) -> SafeString:
        """The sentences of the answer that its sources contradict, and in what."""
        return contradicted_words(trace)

    @display(description=_("limits"))
    def limits(self, trace: Trace) -> SafeString:
        """What was not at hand when it was answered."""
        return format_html_join("", "<div>{} <small>{}</small></div>", map(told, trace.degraded))


@admin.register(Feedback)
class FeedbackAdmin(SuperuserOnly, ReadOnly, ModelAdmin[Feedback]):
    """Verdicts on answers."""

    list_display = ("asked", "opinion", "why", "remark", "by", "when")
    list_filter = ("verdict", "reason", "created_at")
    search_fields = ("trace__question", "comment", "correct_answer")
    list_select_related = ("trace", "user")
    list_per_page = 50
    fieldsets = (
        (None, {"fields": ("question", "answer", "opinion", "why", "remark", "better")}),
        (_("For the record"), {"fields": ("by", "when")}),
    )

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Feedback | None:
        """Without what quotes deleted documents, or was written about them."""
        feedback = super().get_object(request, *args, **kwargs)
        if feedback and withhold([feedback.trace], scope=Scope.of(user_of(request))):
            feedback.comment = feedback.correct_answer = ""
        return feedback

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feedback]:
        """With whether all that the answer was drawn from is still there."""
        sources = TraceSource.objects.filter(trace=OuterRef("trace"))
        deleted = sources.exclude(version_id__in=versions_kept().values("pk"))
        return super().get_queryset(request).annotate(is_kept=~Exists(deleted))

    @display(description=_("question"), ordering="trace__question")
    def asked(self, feedback: Feedback) -> str:
        """The first words of the question."""
        return _begun(feedback.trace.question)

    @display(description=_("question"))
    def question(self, feedback: Feedback) -> str:
        """What was asked."""
        return feedback.trace.question

    @display(description=_("answer"))
    def answer(self, feedback: Feedback) -> str:
        """What was answered."""
        return feedback.trace.answer

    @display(description=_("verdict"), ordering="verdict")
    def opinion(self, feedback: Feedback) -> SafeString:
        """Helpful or not."""
        tone = "good" if feedback.verdict == Feedback.Verdict.UP else "bad"
        return pill(tone, feedback.get_verdict_display())

    @display(description=_("reason"), ordering="reason")
    def why(self, feedback: Feedback) -> str:
        """What was wrong with it."""
        return feedback.get_reason_display()

    @display(description=_("comment"))
    def remark(self, feedback: Feedback) -> str:
        """In the person's own words; nothing where they are about deleted documents."""
        return feedback.comment if getattr(feedback, "is_kept", True) else ""

    @display(description=_("correct answer"))
    def better(self, feedback: Feedback) -> str:
        """What should have been answered."""
        return feedback.correct_answer

    @display(description=_("by"), ordering="user__username")
    def by(self, feedback: Feedback) -> Any:
        """Whose verdict."""
        return feedback.user

    @display(description=_("given on"), ordering="created_at")
    def when(self, feedback: Feedback) -> str:
        """When it was given."""
        return moment(feedback.created_at)


def _begun(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else f"{text[: MOST_CHARACTERS - 1]}…"
