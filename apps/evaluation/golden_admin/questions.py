"""The page “Golden questions”: found, edited, approved, taken out."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from apps.accounts.models import User
from apps.accounts.signed_in import user_of
from apps.core.adminsite import ModelAdmin, action, display, pill, plain_choice
from apps.core.digits import number_in
from apps.core.errors import Invalid
from apps.evaluation.golden_admin.rights import Managers
from apps.evaluation.golden_questions import (
    GoldenDraft,
    golden_question_add,
    golden_question_change,
    golden_question_list,
    golden_questions_take,
)
from apps.evaluation.golden_sets import golden_set_list
from apps.evaluation.models import GoldenQuestion, GoldenSet
from apps.knowledge.access import Scope, documents_of

State = GoldenQuestion.State


class QuestionForm(forms.ModelForm[GoldenQuestion]):
    """Lists are written a line each."""

    answers = forms.CharField(
        label=_("right answers"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text=_("One a line. Empty: the question must be refused."),
    )
    paths = forms.CharField(
        label=_("documents"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("Where the answer stands: paths in the collection, one a line."),
    )

    class Meta:
        model = GoldenQuestion
        fields = ("golden_set", "text", "evidence", "tags")
        widgets = {
            "text": UnfoldAdminTextareaWidget(attrs={"rows": 3}),
            "evidence": UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        question = self.instance
        self.fields["golden_set"].required = True
        self.fields["tags"].help_text = gettext(
            "Separated by commas; table and multi-hop are slices of their own."
        )
        if question.pk:
            self.initial["answers"] = "\n".join(question.answers)
            documents = question.documents.filter(deleted_at=None).order_by("path")
            self.initial["paths"] = "\n".join(documents.values_list("path", flat=True))

    def validate_unique(self) -> None:
        """The service tells it in its own words."""

    def draft(self, by: User) -> GoldenDraft:
        """What was written. Raises Invalid for a path that is not there, or may not be read."""
        golden_set: GoldenSet = self.cleaned_data["golden_set"]
        paths = [one.strip() for one in self.cleaned_data["paths"].splitlines() if one.strip()]
        there = documents_of(Scope.of(by)).filter(collection=golden_set.collection, path__in=paths)
        ids: dict[str, UUID] = dict(there.values_list("path", "uuid"))
        if missing := [one for one in paths if one not in ids]:
            told = gettext("There is no document “%(path)s” in the collection that you may read.")
            raise Invalid(told % {"path": missing[0]})
        return GoldenDraft(
            collection=golden_set.collection,
            text=self.cleaned_data["text"],
            answers=self.cleaned_data["answers"].splitlines(),
            documents=list(ids.values()),
            golden_set=golden_set,
            evidence=self.cleaned_data["evidence"],
            tags=self.cleaned_data["tags"].split(","),
            state=self.instance.state,
        )


class SetFilter(admin.SimpleListFilter):
    """Of one set that who looks manages."""

    title = _("golden set")
    parameter_name = "golden_set"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Sets by collection."""
        return [(str(one.pk), str(one)) for one in golden_set_list(by=user_of(request))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the set."""
        chosen = number_in(self.value() or "")
        return queryset if chosen is None else queryset.filter(golden_set=chosen)


@admin.register(GoldenQuestion)
class GoldenQuestionsPage(Managers, ModelAdmin[GoldenQuestion]):
    """Who manages a collection writes its golden questions."""

    form = QuestionForm
    list_display = ("question", "status", "answer", "places", "labels", "came")
    list_filter = ("state", "origin", SetFilter)
    search_fields = ("text", "tags")
    list_per_page = 50
    actions = ("take", "take_out")
    fieldsets = (
        (None, {"fields": ("golden_set", "text", "answers", "paths")}),
        (_("More"), {"fields": ("evidence", "tags")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[GoldenQuestion]:
        """What rests on documents that may not be read, or were deleted, is left out."""
        user = user_of(request)
        rows = super().get_queryset(request)
        seen = golden_question_list(by=user).order_by().values("pk")
        drafts = golden_question_list(by=user, is_draft=True).order_by().values("pk")
        both = rows.filter(pk__in=seen) | rows.filter(pk__in=drafts)
        return both.select_related("golden_set__collection").prefetch_related("documents")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who manages a collection."""
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """The same, of what the list shows."""
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """The same."""
        return self.has_module_permission(request)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The questions are named; their results in runs go with them."""
        return [str(one) for one in objs], {}, set(), []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Sets that who looks manages."""
        if db_field.name == "golden_set":
            kwargs["queryset"] = golden_set_list(by=user_of(request))
            kwargs["initial"] = number_in(request.GET.get("golden_set", ""))
        return plain_choice(super().formfield_for_foreignkey(db_field, request, **kwargs))

    def save_model(
        self, request: HttpRequest, obj: GoldenQuestion, form: Any, change: bool
    ) -> None:
        """Through the service, which refuses what cannot be asked."""
        user = user_of(request)
        draft = form.draft(user)
        if change:
            golden_question_change(question=GoldenQuestion.objects.get(pk=obj.pk), by=user,
                                   draft=draft)  # fmt: skip
            GoldenQuestion.objects.filter(pk=obj.pk).update(golden_set=draft.golden_set)
        else:
            made = golden_question_add(by=user, draft=draft)
            obj.pk, obj.uuid = made.pk, made.uuid

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The service has written the documents."""

    @action(description=_("Take drafts into use"))
    def take(self, request: HttpRequest, queryset: QuerySet[GoldenQuestion]) -> None:
        """Drafts are asked from now on."""
        count = golden_questions_take(questions=queryset, by=user_of(request))
        told = ngettext(
            "%(n)s question is in use now.", "%(n)s questions are in use now.", count
        ) % {"n": count}
        left = queryset.filter(state=State.DRAFT).count()
        if left:
            told += " " + gettext("%(n)s lack the document where their answer stands.") % {
                "n": left
            }
        messages.success(request, told)

    @action(description=_("Take out of use"))
    def take_out(self, request: HttpRequest, queryset: QuerySet[GoldenQuestion]) -> None:
        """They are drafts again."""
        count = queryset.update(state=State.DRAFT)
        messages.success(request, gettext("%(n)s drafts.") % {"n": count})

    @display(description=_("question"), ordering="text")
    def question(self, row: GoldenQuestion) -> str:
        """Its first words."""
        return row.text if len(row.text) <= 90 else f"{row.text[:89]}…"

    @display(description=_("state"), ordering="state")
    def status(self, row: GoldenQuestion) -> Any:
        """In use, or a draft."""
        tone = "good" if row.state == State.ACTIVE else "warn"
        return pill(tone, str(row.get_state_display()).capitalize())

    @display(description=_("right answers"))
    def answer(self, row: GoldenQuestion) -> str:
        """The first one."""
        if not row.answers:
            return gettext("must be refused") if row.state == State.ACTIVE else "–"
        first = str(row.answers[0])
        return first if len(first) <= 60 else f"{first[:59]}…"

    @display(description=_("documents"))
    def places(self, row: GoldenQuestion) -> str:
        """Where the answer stands."""
        return ", ".join(document.path for document in row.documents.all()[:3]) or "–"

    @display(description=_("tags"))
    def labels(self, row: GoldenQuestion) -> str:
        """Its tags."""
        return row.tags

    @display(description=_("origin"), ordering="origin")
    def came(self, row: GoldenQuestion) -> str:
        """Where it came from."""
        return str(row.get_origin_display())
