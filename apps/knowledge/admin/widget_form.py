"""The form of a widget: origins one a line, and a reader to act as."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget

from apps.core.errors import Invalid
from apps.knowledge.models import Widget
from apps.knowledge.origins import origins_from
from apps.knowledge.widgets import MOST_PER_MINUTE, WidgetSettings, acts_as_check


class WidgetForm(forms.ModelForm[Widget]):
    """Says at the field what the services would refuse."""

    origins = forms.CharField(
        label=_("Allowed origins"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("Where its pages are, one a line: https://intranet.company.example"),
    )

    class Meta:
        model = Widget
        fields = (
            "collection", "acts_as", "origins", "title", "greeting", "questions_per_minute",
            "is_active",
        )  # fmt: skip
        labels = {
            "collection": _("Collection"),
            "acts_as": _("Answers with the rights of"),
            "title": _("Title"),
            "greeting": _("Greeting"),
            "questions_per_minute": _("Questions per minute"),
            "is_active": pgettext_lazy("switched on", "Active"),
        }
        help_texts = {
            "acts_as": _(
                "Everybody who sees the page asks as this user. Choose one that may read this "
                "collection and nothing else, and that nobody signs in as."
            ),
            "title": _("Above the panel; empty: the collection's name."),
            "greeting": _("The first words in the panel; empty: our own."),
            "questions_per_minute": _("By all visitors together; more have to wait."),
            "is_active": _("Switched off, it stops answering at once."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["origins"] = "\n".join(self.instance.origins)
        self.fields["questions_per_minute"].widget.attrs |= {"min": 1, "max": MOST_PER_MINUTE}

    def clean_origins(self) -> list[str]:
        """As browsers send them."""
        try:
            return origins_from(self.cleaned_data["origins"].splitlines())
        except Invalid as error:
            raise forms.ValidationError(error.message) from error

    def clean_questions_per_minute(self) -> int:
        """Within bounds."""
        number: int = self.cleaned_data["questions_per_minute"]
        if not 1 <= number <= MOST_PER_MINUTE:
            raise forms.ValidationError(
                _("Between 1 and %(most)s.") % {"most": f"{MOST_PER_MINUTE:,}"}
            )
        return number

    def clean(self) -> dict[str, Any] | None:
        """The user may read the collection."""
        cleaned = super().clean() or self.cleaned_data
        user, collection = cleaned.get("acts_as"), cleaned.get("collection")
        collection = collection or (self.instance.collection if self.instance.pk else None)
        if user and collection and user.pk != self.instance.acts_as_id:
            try:
                acts_as_check(user, collection)
            except Invalid as error:
                self.add_error("acts_as", error.message)
        return cleaned

    def settings(self) -> WidgetSettings:
        """What was chosen."""
        chosen = self.cleaned_data
        return WidgetSettings(
            acts_as=chosen["acts_as"],
            origins=tuple(chosen["origins"]),
            title=chosen["title"],
            greeting=chosen["greeting"],
            questions_per_minute=chosen["questions_per_minute"],
            is_active=chosen["is_active"],
        )
