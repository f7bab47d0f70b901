"""The pages of users, with the deletion of what is kept of them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.accounts.admin.users import UserAdmin
from apps.accounts.models import User
from apps.accounts.signed_in import user_of
from apps.core.admin_actions import Question, asked_first
from apps.ops.erasing.people import user_account_delete, user_data_delete

DELETE_DATA = Question(
    title=_("Delete what is kept of these users?"),
    meaning=_(
        "Their conversations, questions, answers, verdicts, API keys and sessions are deleted; the "
        "accounts stay. This cannot be undone; a receipt is kept."
    ),
    button=_("Delete for good"),
)

admin.site.unregister(User)


@admin.register(User)
class PersonPage(UserAdmin):
    """Users; whoever is deleted leaves a receipt."""

    actions = (*UserAdmin.actions, "delete_data")  # type: ignore[assignment]  # one more

    @admin.action(
        description=_("Delete what is kept of them: conversations, answers, keys, sessions"),
        permissions=["deactivate"],
    )
    def delete_data(self, request: HttpRequest, users: QuerySet[User]) -> HttpResponse | None:
        """The accounts stay. Done once it was confirmed."""
        if page := asked_first(self, request, users, DELETE_DATA):
            return page
        people = list(users)
        for person in people:
            user_data_delete(user=person, by=user_of(request))
        told = ngettext(
            "The data of %(count)d user is deleted; see the receipt under Erasures.",
            "The data of %(count)d users is deleted; see the receipts under Erasures.",
            len(people),
        )
        self.message_user(request, told % {"count": len(people)})
        return None

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What goes with a user, in numbers; pages that only show their rows do not stand in the
        way, and what people asked is not read out."""
        _listed, counts, _needed, protected = super().get_deleted_objects(objs, request)
        return [str(one) for one in objs], counts, set(), protected

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """With all that is kept of them, and a receipt."""
        user_account_delete(user=obj, by=user_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Each with a receipt of its own; never oneself."""
        for person in queryset.exclude(pk=user_of(request).pk):
            user_account_delete(user=person, by=user_of(request))
