"""What the first visit says in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.forms import Form
from django.utils.translation import gettext, pgettext

from apps.ops.setup import sizing
from apps.ops.setup.words import Problem, Sentence


def spoken(sentence: Sentence) -> str:
    """In the reader's language."""
    return gettext(sentence.text) % sentence.values


def tell(form: Form, found: Sequence[Problem], fields: Mapping[str, str]) -> None:
    """Problems at the fields they are about; others above the form, by their key."""
    for one in found:
        name = fields.get(one.key)
        text = spoken(one.sentence)
        form.add_error(name, text if name or one.key == "profile" else f"{one.key}: {text}")


def size_name(profile: str) -> str:
    """What a size is called."""
    return {
        sizing.EDGE: pgettext("size", "Edge"),
        sizing.WORKSTATION: pgettext("size", "Workstation"),
        sizing.SERVER: pgettext("size", "Server"),
        sizing.CLUSTER: pgettext("size", "Cluster"),
    }[profile]


def size_sets(values: Mapping[str, Any]) -> str:
    """What it sets, in a line."""
    return gettext(
        "%(questions)s questions at one time, %(memory)s of memory, files up to %(file)s"
    ) % {
        "questions": values["service.max_concurrent"],
        "memory": values["resource.memory_limit"],
        "file": values["ingest.max_file"],
    }


def size_about(profile: str) -> str:
    """What it is for."""
    return gettext(sizing.ABOUT[profile])
