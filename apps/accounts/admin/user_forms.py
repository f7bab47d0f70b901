"""Forms of users that leave an administrator who can sign in."""

from typing import Any

from unfold.forms import AdminPasswordChangeForm, UserChangeForm

from apps.accounts.restrictions import require_other_administrator
from apps.core.errors import Conflict

NEEDED = ("is_active", "is_staff", "is_superuser")  # by who administers


class PersonForm(UserChangeForm):  # type: ignore[misc]  # unfold has no types
    """Of a user; what is read-only for who asks is not in it."""

    def clean(self) -> dict[str, Any] | None:
        """Refuse what would leave nobody who can let the others in again."""
        chosen: dict[str, Any] | None = super().clean()
        for name in NEEDED:
            if name in self.cleaned_data and not self.cleaned_data[name]:
                self._require_another(name)
        return chosen

    def _require_another(self, name: str) -> None:
        try:
            require_other_administrator(self.instance)
        except Conflict as error:
            self.add_error(name, error.message)


class PasswordForm(AdminPasswordChangeForm):  # type: ignore[misc]
    """Sets a password, or takes it away."""

    def clean(self) -> dict[str, Any]:
        """The same where somebody is to have none."""
        chosen: dict[str, Any] = super().clean()
        if not chosen["set_usable_password"]:
            try:
                require_other_administrator(self.user)
            except Conflict as error:
                self.add_error("password1", error.message)
        return chosen
