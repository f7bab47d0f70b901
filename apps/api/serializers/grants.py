"""Grants and denials of single documents on the wire."""

from typing import Any, Literal

from django.contrib.auth.models import Group
from django.utils.translation import gettext
from rest_framework import serializers

from apps.accounts.models import User

ALLOW, DENY = "allow", "deny"
EFFECT = "A denial wins over every grant; administrators are exempt."


class DocumentGrantSerializer(serializers.Serializer[Any]):
    """Who may read a document, or must not: one user, one group, or everyone who signs in."""

    id = serializers.UUIDField(source="uuid")
    user = serializers.CharField(source="user.username", allow_null=True)
    group = serializers.CharField(source="group.name", allow_null=True)
    everyone = serializers.BooleanField(source="is_everyone")
    effect = serializers.SerializerMethodField(help_text=EFFECT)
    created_at = serializers.DateTimeField()

    def get_effect(self, row: Any) -> Literal["allow", "deny"]:
        """`allow` or `deny`."""
        return "deny" if row.is_denied else "allow"


class DocumentRuleSerializer(serializers.Serializer[Any]):
    """What is to hold for whom. Validated data: `to` (None: everyone), `is_denied`."""

    user = serializers.CharField(max_length=150, required=False, help_text="A user name.")
    group = serializers.CharField(max_length=150, required=False, help_text="A group's name.")
    everyone = serializers.BooleanField(required=False, default=False)
    effect = serializers.ChoiceField(choices=[ALLOW, DENY], help_text=EFFECT)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one principal, who exists."""
        user, group, everyone = attrs.get("user"), attrs.get("group"), attrs["everyone"]
        if [bool(user), bool(group), everyone].count(True) != 1:
            raise serializers.ValidationError(
                gettext("Name one of `user`, `group` and `everyone`.")
            )
        users, groups = User.objects.filter(username=user), Group.objects.filter(name=group)
        to: User | Group | None = users.first() if user else groups.first() if group else None
        if to is None and not everyone:
            raise serializers.ValidationError(
                {"user" if user else "group": gettext("There is none of this name.")}
            )
        return {"to": to, "is_denied": attrs["effect"] == DENY}
