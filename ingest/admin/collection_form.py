"""The form of a collection's settings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from apps.knowledge.models import Collection
from ingest.admin.sureness import SurenessField

MOST_QUESTIONS = 20
LONGEST_QUESTION = 300


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    def prepare_value(self, value: Any) -> Any:
        """The lines as they are edited."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """The lines without the empty ones, each once."""
        lines = (line.strip() for line in str(value or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the lines are others."""
        return bool(list(initial or []) != self.to_python(data))


class NewCollectionForm(forms.ModelForm[Collection]):
    """Says at the field that a name is taken."""

    class Meta:
        model = Collection
        fields: tuple[str, ...] = ("name", "description", "language", "profile")

    def clean_name(self) -> str:
        """Names of collections that exist are unique."""
        name: str = self.cleaned_data["name"].strip()
        others = Collection.objects.filter(deleted_at=None).exclude(pk=self.instance.pk)
        if others.filter(name=name).exists():
            raise forms.ValidationError(_("There is already a collection with this name."))
        return name


class CollectionForm(NewCollectionForm):
    """With how sure answers must be and which questions are suggested, once one can ask."""

    suggested_questions = LinesField(
        label=_("Suggested questions"),
        required=False,
        help_text=_("One a line. They are offered to people who begin to ask."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )

    min_confidence = SurenessField()

    class Meta(NewCollectionForm.Meta):
        fields = (
            *NewCollectionForm.Meta.fields,
            "remote_use",
            "min_confidence",
            "suggested_questions",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = self.fields.get("min_confidence")  # left out for who may only look
        if isinstance(shown, SurenessField):
            shown.show(self.instance)

    def clean_suggested_questions(self) -> list[str]:
        """A few, of moderate length."""
        questions: list[str] = self.cleaned_data["suggested_questions"]
        if len(questions) > MOST_QUESTIONS:
            raise forms.ValidationError(
                _("%(most)d questions are the most.") % {"most": MOST_QUESTIONS}
            )
        if any(len(question) > LONGEST_QUESTION for question in questions):
            raise forms.ValidationError(
                _("A question may have %(most)d characters.") % {"most": LONGEST_QUESTION}
            )
        return questions
