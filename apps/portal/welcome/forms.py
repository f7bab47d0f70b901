"""What the steps take in."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.config import Config
from apps.knowledge.models import Collection, Permission
from apps.ops.setup.choices import NEAR, Engine, Wish, is_open, opened
from apps.ops.setup.sizing import PROFILES

# Fields of the form by what clawdbot.yaml calls them.
LIMIT_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "cpu_limit": "resource.cpu_limit",
        "memory_limit": "resource.memory_limit",
        "max_concurrent": "service.max_concurrent",
        "max_file": "ingest.max_file",
        "requests": "traffic.requests_per_minute",
    }
)
ENGINE_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "model": "path",
        "serving.servers": "url",
        "engines.remote_url": "url",
        "engines.remote_model": "model",
    }
)
MOST_PEOPLE = 50
BETWEEN_PEOPLE = re.compile(r"[,;，；、\r\n]+")
BETWEEN_HOSTS = re.compile(r"[\s,;，；、]+")


class MachineForm(forms.Form):
    """A size."""

    profile = forms.ChoiceField(choices=[(name, name) for name in PROFILES])


class EngineForm(forms.Form):
    """Who answers, with what that needs."""

    engine = forms.TypedChoiceField(
        coerce=Engine, choices=[(one, one) for one in Engine], initial=Engine.BUILTIN
    )
    path = forms.CharField(required=False, max_length=1000)
    url = forms.CharField(required=False, max_length=500)
    key = forms.CharField(required=False, max_length=500, strip=True)
    model = forms.CharField(required=False, max_length=200)
    anyway = forms.BooleanField(required=False)

    def wish(self) -> Wish:
        """The engine; what belongs to another one is left out."""
        data = self.cleaned_data
        engine = data["engine"]
        has_url = engine in (Engine.SERVER, Engine.REMOTE)
        return Wish(
            engine=engine,
            path=data["path"] if engine == Engine.GGUF else "",
            url=data["url"] if has_url else "",
            key=data["key"] if has_url else "",
            model=data["model"] if engine == Engine.REMOTE else "",
        )


class LimitsForm(forms.Form):
    """What may be used, and who may come."""

    cpu_limit = forms.FloatField()
    memory_limit = forms.CharField(max_length=20)
    max_concurrent = forms.IntegerField()
    max_file = forms.CharField(max_length=20)
    requests = forms.IntegerField()
    is_open = forms.BooleanField(required=False)
    names = forms.CharField(required=False, max_length=1000)

    def values(self, current: Config) -> dict[str, Any]:
        """By keys of clawdbot.yaml. Where the server listens is left alone unless it is to be
        opened, or closed."""
        data = self.cleaned_data
        found = {key: data[name] for name, key in LIMIT_KEYS.items()}
        names = [name for name in BETWEEN_HOSTS.split(data["names"]) if name]
        if data["is_open"] and not is_open(current):
            return found | opened(names)
        is_same = set(names) == set(current.service.allowed_hosts) - NEAR
        if data["is_open"] and is_same:
            return found
        if data["is_open"]:
            return found | {"service.allowed_hosts": opened(names)["service.allowed_hosts"]}
        return found | ({"service.host": "127.0.0.1"} if is_open(current) else {})


class CollectionForm(forms.Form):
    """A name, and whether all who sign in may read."""

    name = forms.CharField(
        label=_("Name"), max_length=Collection._meta.get_field("name").max_length or 200
    )
    is_for_everyone = forms.BooleanField(required=False, initial=True)
    may_leave = forms.BooleanField(required=False)


class PersonForm(forms.Form):
    """Who may sign in, and what they may do."""

    name = forms.CharField(label=_("User name"), max_length=MOST_PEOPLE * 152)
    group = forms.CharField(label=_("Group"), required=False, max_length=150)
    permission = forms.TypedChoiceField(
        coerce=lambda value: Permission(int(value)),
        choices=Permission.choices,
        initial=Permission.READ,
    )

    def clean_name(self) -> str:
        """Each name must be one, and none comes twice."""
        parts = BETWEEN_PEOPLE.split(self.cleaned_data["name"])
        names = [name.strip() for name in parts if name.strip()]
        if len(names) > MOST_PEOPLE:
            text = _("At most %(n)s people at once.")
            raise forms.ValidationError(text, params={"n": MOST_PEOPLE})
        longest = User._meta.get_field("username").max_length or 150
        if any(len(name) > longest for name in names):
            text = _("A user name has at most %(n)s signs.")
            raise forms.ValidationError(text, params={"n": longest})
        return ",".join(dict.fromkeys(names))

    def names(self) -> list[str]:
        """The names."""
        return str(self.cleaned_data["name"]).split(",")

    def again(self) -> dict[str, Any]:
        """What stays for the next person: the same group and right."""
        return {key: self.cleaned_data[key] for key in ("group", "permission")}
