"""Admin pages of users."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.forms import UserCreationForm
from unfold.widgets import UnfoldAdminSelectWidget

from apps.accounts.admin.user_forms import PasswordForm, PersonForm
from apps.accounts.models import User
from apps.accounts.restrictions import require_other_administrator
from apps.accounts.signed_in import user_of
from apps.core.admin_actions import Question, asked_first
from apps.core.adminsite import ModelAdmin, display, pill, plain_choice

ACTIONS = {"add": _("add"), "change": _("change"), "delete": _("delete"), "view": _("view")}
RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")
IDENTITY = ("username", "is_active", "email")  # the password has a page of its own


DEACTIVATE = Question(
    title=_("Deactivate these users?"),
    meaning=_(
        "They are refused at once, and so are their API keys, until you activate them again."
    ),
    button=_("Deactivate"),
)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg]
    """People and intranet systems. What gives rights is for superusers to change."""

    form = PersonForm
    add_form = UserCreationForm
    change_password_form = PasswordForm
    list_display = ("username", "full_name", "email", "group_names", "role", "is_active")
    list_filter = ("is_active", "is_staff", "groups")
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username",)
    list_per_page = 50
    filter_horizontal = ()
    autocomplete_fields = ("groups",)
    readonly_fields = ("last_login", "date_joined")
    actions = ("deactivate",)
    fieldsets = (
        (None, {"fields": ("username", "password", "is_active")}),
        (_("Person"), {"fields": (("first_name", "last_name"), "email", "language")}),
        (_("Groups"), {"fields": ("groups",)}),
        (_("Administration"), {"fields": (("is_staff", "is_superuser"), "user_permissions")}),
        (_("Dates"), {"fields": (("last_login", "date_joined"),)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """With groups, so that a list of any length costs the same queries."""
        return super().get_queryset(request).prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Staff who are not superusers give no rights, also not to themselves, and take no account.

        Somebody they add has a name and a password, but no rights.
        """
        fixed = super().get_readonly_fields(request, obj)
        if user_of(request).is_superuser:
            return fixed
        return (*fixed, *RIGHTS) if obj is None else (*fixed, *RIGHTS, *IDENTITY)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The language is chosen from those there are."""
        if db_field.name == "language":
            choices = [("", _("As the browser asks")), *settings.LANGUAGES]
            return forms.ChoiceField(
                choices=choices, required=False, label=_("Language"), widget=UnfoldAdminSelectWidget
            )
        field = plain_choice(super().formfield_for_dbfield(db_field, request, **kwargs))
        if db_field.name == "user_permissions":
            field.label_from_instance = _permission_words
            field.queryset = field.queryset.filter(_offered(request))
        return field

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Only a superuser changes a superuser (the password included)."""
        is_above = obj is not None and obj.is_superuser and not user_of(request).is_superuser
        return super().has_change_permission(request, obj) and not is_above

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,
        form_url: str = "",
    ) -> HttpResponse:
        """Superusers only; everybody else asks for their own password to be set."""
        if not user_of(request).is_superuser:
            raise PermissionDenied
        with transaction.atomic():
            return super().user_change_password(request, id, form_url)

    def has_deactivate_permission(self, request: HttpRequest) -> bool:
        """Superusers."""
        return bool(user_of(request).is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Only a superuser deletes users, and never themselves."""
        is_self = obj is not None and obj.pk == user_of(request).pk
        return bool(user_of(request).is_superuser) and not is_self

    @admin.action(
        description=_("Deactivate: refuse sign-in and API keys"), permissions=["deactivate"]
    )
    def deactivate(self, request: HttpRequest, users: QuerySet[User]) -> HttpResponse | None:
        """Keep the rows, refuse the people, once it was confirmed; never oneself."""
        if page := asked_first(self, request, users, DEACTIVATE):
            return page
        others = users.exclude(pk=user_of(request).pk)
        with transaction.atomic():
            for user in others.filter(is_superuser=True):
                require_other_administrator(user)
            count = others.update(is_active=False)
        self.message_user(request, _("%(count)d users deactivated.") % {"count": count})
        return None

    @display(description=_("name"))
    def full_name(self, user: User) -> str:
        """First and last name."""
        return user.get_full_name()

    @display(description=_("groups"))
    def group_names(self, user: User) -> str:
        """Names of the groups, from the prefetch."""
        return ", ".join(group.name for group in user.groups.all())

    @display(description=_("role"), ordering="is_superuser")
    def role(self, user: User) -> SafeString:
        """What the person may do in the admin."""
        if user.is_superuser:
            return pill("busy", _("Administrator"))
        return pill("good", _("Staff")) if user.is_staff else pill("quiet", _("Reader"))


def _offered(request: HttpRequest) -> Q:
    """Permissions on what has pages here, and those that the person has already."""
    at = request.resolver_match
    person = at.kwargs.get("object_id") if at else None
    held = User.user_permissions.through.objects.filter(user=person).values("permission")
    pages = ContentType.objects.get_for_models(*admin.site._registry).values()
    return Q(content_type__in=pages) | Q(pk__in=held)


def _permission_words(permission: Permission) -> str:
    """Django keeps the names of permissions in English; the parts of this one are translated."""
    action = permission.codename.partition("_")[0]
    return f"{permission.content_type.app_labeled_name} | {ACTIONS.get(action, permission.name)}"
