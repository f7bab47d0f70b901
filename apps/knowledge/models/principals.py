"""To whom a grant applies: one user, one group, or everyone who signs in."""

from django.db.models import BaseConstraint, CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _


def principal_constraints(entity: str, *, prefix: str) -> list[BaseConstraint]:
    """For rows with `user`, `group` and `is_everyone`: exactly one of them, and each principal has
    at most one row on an `entity` (a field's name). `prefix` begins the constraints' names.
    """
    return [
        CheckConstraint(
            condition=(
                Q(user__isnull=False, group=None, is_everyone=False)
                | Q(user=None, group__isnull=False, is_everyone=False)
                | Q(user=None, group=None, is_everyone=True)
            ),
            name=f"{prefix}_exactly_one_principal",
            violation_error_message=_("Choose one: a user, a group, or everyone."),
        ),
        UniqueConstraint(
            fields=[entity, "user"], condition=Q(user__isnull=False), name=f"{prefix}_user_unique"
        ),
        UniqueConstraint(
            fields=[entity, "group"],
            condition=Q(group__isnull=False),
            name=f"{prefix}_group_unique",
        ),
        UniqueConstraint(
            fields=[entity], condition=Q(is_everyone=True), name=f"{prefix}_everyone_unique"
        ),
    ]
