"""Admin pages of API keys: the secret is on the page that answers its creation, nowhere else."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import ForeignKey, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.accounts.api_keys import api_key_create, api_key_revoke
from apps.accounts.models import ApiKey, User
from apps.accounts.signed_in import user_of
from apps.core import clock
from apps.core.admin_actions import Question, asked_first
from apps.core.adminsite import (
    ModelAdmin,
    display,
    moment,
    pill,
    plain_choice,
    render_page,
)

if TYPE_CHECKING:
    from django.contrib.admin import SimpleListFilter as RadioFilter
else:
    from unfold.contrib.filters.admin import RadioFilter

EXPIRES_SOON = timedelta(days=7)


class ApiKeyForm(forms.ModelForm[ApiKey]):
    """Asks what a key is for and how long it holds."""

    class Meta:
        model = ApiKey
        fields = ("name", "user", "expires_at")
        labels = {"name": _("Name"), "user": _("Acts as"), "expires_at": _("Expires")}
        help_texts = {
            "name": _("What uses it, such as “intranet search”."),
            "user": _("The key may read and do what this user may."),
            "expires_at": _("Leave empty for a key that holds until it is revoked."),
        }

    def clean_expires_at(self) -> Any:
        """An expiry lies ahead."""
        expires_at = self.cleaned_data["expires_at"]
        if expires_at is not None and expires_at <= clock.now():
            raise forms.ValidationError(_("Choose a time that lies ahead."))
        return expires_at


class KeyStateFilter(RadioFilter):
    """Keys by whether they are accepted."""

    title = _("state")
    parameter_name = "state"
    all_option = ["", _("All")]

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """As the list says it."""
        return [("active", _("Active")), ("expired", _("Expired")), ("revoked", _("Revoked"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> QuerySet[ApiKey]:
        """Those in the chosen state."""
        expired = Q(expires_at__lte=clock.now())
        kept = queryset.filter(revoked_at=None)
        if self.value() == "active":
            return kept.exclude(expired)
        if self.value() == "expired":
            return kept.filter(expired)
        return queryset.exclude(revoked_at=None) if self.value() == "revoked" else queryset


REVOKE = Question(
    title=_("Revoke these keys?"),
    meaning=_("Programs that use them are refused at once. A revoked key never works again."),
    button=_("Revoke"),
)


@admin.register(ApiKey)
class ApiKeyAdmin(ModelAdmin[ApiKey]):
    """Keys by prefix. Issued and revoked here; never changed."""

    form = ApiKeyForm
    list_display = ("name", "shown_prefix", "user", "state", "expires", "last_used", "created")
    list_display_links = None
    list_select_related = ("user",)
    list_filter = (KeyStateFilter,)
    search_fields = ("name", "prefix", "user__username")
    actions = ("revoke",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        """Superusers see all keys, others their own."""
        keys = super().get_queryset(request)
        return keys if user_of(request).is_superuser else keys.filter(user=user_of(request))

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """A key is revoked, not changed; the permission still gives the revoke action."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """Revoked keys stay for the record."""
        return False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Chosen only: users have pages of their own."""
        return plain_choice(super().formfield_for_dbfield(db_field, request, **kwargs))

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Who is not a superuser makes keys for themselves only: a key acts as its user."""
        if db_field.name == "user":
            users = User.objects.filter(is_active=True).order_by("username")
            if not user_of(request).is_superuser:
                users = users.filter(pk=user_of(request).pk)
            kwargs |= {"queryset": users, "initial": request.user.pk}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One way to save: it leads to the secret."""
        buttons = {"show_save_and_continue": False, "show_save_and_add_another": False}
        return super().add_view(request, form_url, {**(extra_context or {}), **buttons})

    def save_model(self, request: HttpRequest, obj: ApiKey, form: forms.Form, change: bool) -> None:
        """Issue the key; its secret lives as long as this request."""
        key, secret = api_key_create(user=obj.user, name=obj.name, expires_at=obj.expires_at)
        obj.pk, obj.prefix = key.pk, key.prefix
        request.issued_secret = secret  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the secret, once: the page is not stored by browsers or proxies."""
        secret = request.issued_secret  # type: ignore[attr-defined]
        context = {"title": _("Your new API key"), "key": obj, "secret": secret}
        page = render_page(self, request, "accounts/admin/key_issued.html", context)
        page["Cache-Control"] = "no-store"
        return page

    @admin.action(description=_("Revoke the selected keys"), permissions=["change"])
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> HttpResponse | None:
        """Refuse the keys from now on, once it was confirmed."""
        if page := asked_first(self, request, keys, REVOKE):
            return page
        for key in keys:
            api_key_revoke(key)
        self.message_user(request, _("%(count)d keys revoked.") % {"count": len(keys)})
        return None

    @display(description=_("key"))
    def shown_prefix(self, key: ApiKey) -> str:
        """The part of the secret by which people recognise a key."""
        return f"{key.prefix}…"

    @display(description=_("state"))
    def state(self, key: ApiKey) -> SafeString:
        """Whether the key is still accepted, and why not."""
        if key.revoked_at is not None:
            return pill("bad", _("Revoked"))
        if not key.is_usable:
            return pill("warn", _("Expired"))
        if not key.user.is_active:
            return pill("warn", _("Its user is deactivated"))
        if key.restricted_until and key.restricted_until > clock.now():
            return pill("warn", _("Restricted"))
        if key.expires_at and key.expires_at - clock.now() < EXPIRES_SOON:
            return pill("warn", _("Expires soon"))
        return pill("good", _("Active"))

    @display(description=_("expires"), ordering="expires_at")
    def expires(self, key: ApiKey) -> Any:
        """When it stops by itself."""
        return moment(key.expires_at) or _("never")

    @display(description=_("last used"), ordering="last_used_at")
    def last_used(self, key: ApiKey) -> Any:
        """To the minute."""
        return moment(key.last_used_at) or _("not yet")

    @display(description=_("created"), ordering="created_at")
    def created(self, key: ApiKey) -> Any:
        """When it was issued."""
        return moment(key.created_at)
