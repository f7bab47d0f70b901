"""Admin pages of profiles: what the company changes against the shipped ones."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import label_for_field
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.core.adminsite import ModelAdmin, SuperuserOnly, display, pill, render_page
from apps.core.errors import ClawdbotError
from apps.core.gates import Switch, SwitchKind, require_open
from apps.modelhub.admin.terms import TermsForm
from apps.modelhub.glossaries.files import shipped_terms
from apps.modelhub.glossaries.tables import spreadsheet
from apps.modelhub.models import Profile
from apps.modelhub.profiles.descriptions import DESCRIPTIONS
from apps.modelhub.profiles.merging import changed_fields
from apps.modelhub.profiles.own_terms import own_terms, profile_changed
from apps.modelhub.profiles.shipped import shipped_profile

_TEXTS = {
    "prompt_en": ("prompt", "en"),
    "prompt_zh": ("prompt", "zh"),
    "refusal_en": ("refusal", "en"),
    "refusal_zh": ("refusal", "zh-hans"),
    "refusal_zh_hant": ("refusal", "zh-hant"),
}
_FIGURES = ("min_confidence", "temperature", "max_tokens", "passages")


class ProfileForm(forms.ModelForm[Profile]):
    """Empty fields are as shipped; what that is stands in them in grey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shipped = shipped_profile(self.instance.name)
        for name, (kind, language) in _TEXTS.items():
            text = getattr(shipped, kind).get(language) or gettext("The usual words.")
            self._show(name, text)
        for name in _FIGURES:
            figure = getattr(shipped, name)
            usual = gettext("As the installation is set")
            self._show(name, usual if figure is None else str(figure))

    def _show(self, name: str, text: str) -> None:
        if name in self.fields:  # left out for who may only look
            self.fields[name].widget.attrs["placeholder"] = text


@admin.register(Profile)
class ProfileAdmin(SuperuserOnly, ModelAdmin[Profile]):
    """Superusers change them; the four are always there."""

    form = ProfileForm
    list_display = ("title", "about", "changes", "answers_by", "glossary")
    ordering = ("pk",)
    readonly_fields = ("glossary",)
    fieldsets = (
        (_("Answers"), {"fields": (("engine", "model"), ("temperature", "max_tokens"))}),
        (_("How sure, and from how much"), {"fields": (("min_confidence", "passages"),)}),
        (
            _("Words for language models"),
            {
                "fields": ("prompt_en", "prompt_zh"),
                "description": _(
                    "They stand before the passages. That answers come from the passages alone, "
                    "with their numbers, is said in any case."
                ),
            },
        ),
        (
            _("When nothing is found"),
            {"fields": ("refusal_en", "refusal_zh", "refusal_zh_hant")},
        ),
        (_("Glossary"), {"fields": ("uses_glossary", "glossary")}),
    )

    def get_urls(self) -> list[URLPattern]:
        """With the company's terms as a table."""
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/terms/", view(self.terms_view), name="modelhub_terms"),
            path("<int:pk>/terms.tsv", view(self.export_view), name="modelhub_terms_export"),
        ]
        return own + super().get_urls()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: there are four."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Profile | None = None) -> bool:
        """Superusers only."""
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Profile | None = None) -> bool:
        """Never: there are four."""
        return False

    def save_model(self, request: HttpRequest, obj: Profile, form: Any, change: bool) -> None:
        """In force within a second in every process. Another engine or model passes the gates."""
        if {"engine", "model"} & set(form.changed_data):
            engine = obj.engine or shipped_profile(obj.name).engine
            model = obj.model.name if obj.model else shipped_profile(obj.name).model
            told = {"of": obj.name, "engine": engine, "model": model}
            require_open(Switch(SwitchKind.MODEL, told), by=request.user)
        obj.save(update_fields=list(form.cleaned_data))
        profile_changed(obj)

    @display(description=_("profile"), ordering="name")
    def title(self, profile: Profile) -> str:
        """Its name."""
        return profile.name

    @display(description=_("for"))
    def about(self, profile: Profile) -> str:
        """What it is for."""
        return str(DESCRIPTIONS.get(profile.name, ""))

    @display(description=_("changes"))
    def changes(self, profile: Profile) -> Any:
        """The fields that differ from the shipped profile."""
        names = [
            str(label_for_field(name.removesuffix("_id"), Profile))
            for name in changed_fields(profile)
        ]
        return pill("warn", ", ".join(names)) if names else pill("quiet", gettext("as shipped"))

    @display(description=_("answers by"))
    def answers_by(self, profile: Profile) -> str:
        """Engine and model."""
        engine = profile.engine or shipped_profile(profile.name).engine
        label = str(Profile.Engine(engine).label)
        return f"{label} ({profile.model.name})" if profile.model else label

    @display(description=_("glossary"))
    def glossary(self, profile: Profile) -> Any:
        """How many terms, with the way to the company's own."""
        shipped = len(shipped_terms(profile.name)) if profile.uses_glossary else 0
        own = profile.terms.count()
        return format_html(
            '{} · <a href="{}">{}</a>',
            ngettext("%(count)d shipped term", "%(count)d shipped terms", shipped)
            % {"count": shipped},
            reverse("admin:modelhub_terms", args=(profile.pk,)),
            ngettext("%(count)d of your own", "%(count)d of your own", own) % {"count": own},
        )

    def terms_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET: the company's terms, and a form to bring in more. POST brings them in."""
        profile = self._profile(request, pk)
        form = TermsForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                count = form.save(profile)
            except ClawdbotError as error:
                form.add_error(None, [error.message, *(error.details or {}).get("lines", [])])
            else:
                told = ngettext("%(count)d term is in use.", "%(count)d terms are in use.", count)
                messages.success(request, told % {"count": count})
                return HttpResponseRedirect(reverse("admin:modelhub_terms", args=(pk,)))
        terms = own_terms(profile)
        context = {
            "title": gettext("Terms of your own: %(profile)s") % {"profile": profile.name},
            "original": profile,
            "form": form,
            "terms": terms[:500],
            "count": len(terms),
        }
        return render_page(self, request, "modelhub/admin/terms.html", context)

    def export_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The company's terms as a table, separated by tabs, that can be brought in again."""
        profile = self._profile(request, pk)
        response = HttpResponse(
            spreadsheet(own_terms(profile)), content_type="text/tab-separated-values"
        )
        response["Content-Disposition"] = f'attachment; filename="{profile.name}-terms.tsv"'
        return response

    def _profile(self, request: HttpRequest, pk: int) -> Profile:
        if not self.has_module_permission(request):
            raise PermissionDenied
        profile = Profile.objects.filter(pk=pk).first()
        if profile is None:
            raise Http404
        return profile
