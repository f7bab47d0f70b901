"""A plan that a model server makes for itself, where no keeper does: in a container of its own."""

from pathlib import Path

from apps.core import config
from apps.serving import hardware
from apps.serving.errors import ModelUnusable
from apps.serving.gguf import read_header
from apps.serving.plan import Plan
from apps.serving.planning import Refusal, Use, plan
from apps.serving.wishes import wishes_of


def own_plan(name: str, file: Path) -> Plan:
    """How to serve `file` as `name` with what this process's control group and `serving.*` allow.

    Raises ModelUnusable: the file cannot be read, or does not fit; the text says why.
    """
    try:
        facts = read_header(file).facts
    except OSError as error:
        raise ModelUnusable(f"{file} cannot be read: {error.strerror}") from error
    wishes = wishes_of(config.load(), name=name, file=file)
    found = plan(facts, hardware.read(), wishes, Use())
    if isinstance(found, Refusal):
        raise ModelUnusable(f"{name} {found.sentence}")
    return found
