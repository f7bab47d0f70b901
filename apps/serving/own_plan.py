"""A plan that a model server makes for itself, where no keeper does: in a container of its own."""

from pathlib import Path

from apps.core import config
from apps.core.sizes import parse_size
from apps.serving import hardware
from apps.serving.errors import ModelUnusable
from apps.serving.gguf import read_header
from apps.serving.plan import Plan
from apps.serving.planning import Refusal, Use, Wishes, plan


def own_plan(name: str, file: Path) -> Plan:
    """How to serve `file` as `name` with what this process's control group and `serving.*` allow.

    Raises ModelUnusable: the file cannot be read, or does not fit; the text says why.
    """
    try:
        facts = read_header(file).facts
    except OSError as error:
        raise ModelUnusable(f"{file} cannot be read: {error.strerror}") from error
    found = plan(facts, hardware.read(), _wishes(name, file), Use())
    if isinstance(found, Refusal):
        raise ModelUnusable(f"{name} {found.sentence}")
    return found


def _wishes(name: str, file: Path) -> Wishes:
    configuration = config.load()
    serving, resource = configuration.serving, configuration.resource
    return Wishes(
        name=name,
        path=str(file.resolve()),
        cpu_share=resource.cpu_limit,
        memory_limit=parse_size(resource.memory_limit),
        threads=serving.threads,
        gpu_layers=serving.gpu_layers,
        parallel=serving.parallel,
        context=serving.context,
        queue=serving.queue,
    )
