"""What `clawdbot doctor` looks at where there are language models."""

from collections.abc import Iterator, Sequence
from importlib.util import find_spec

from apps.core import config
from apps.modelhub.models import Model
from apps.ops.model_keeping import overview
from apps.serving import hardware
from clawdbot_site.installation.findings import Finding
from clawdbot_site.installation.worker_advice import advice


def serving_findings() -> Iterator[Finding]:
    """Nothing where nobody has added a model, and none is named."""
    unknown = overview.unknown_names()
    if not unknown and not Model.objects.exists():
        return
    yield _engine()
    yield from _servers(unknown)
    yield from _gpus()
    yield from _workers()


def _engine() -> Finding:
    if find_spec("llama_cpp") is None:
        return Finding("llama.cpp", "not installed", "Run: make serving")
    return Finding("llama.cpp", "installed")


def _servers(unknown: Sequence[str]) -> Iterator[Finding]:
    for name in unknown:
        yield Finding("models", f"serving.models names {name}", "Run: clawdbot model add")
    for one in overview.served():
        seen = f"{one.model} on {one.node}: {one.state}"
        if one.is_silent:
            yield Finding("models", seen, "Its keeper is silent. See: clawdbot logs models")
        elif one.tone == "bad":
            yield Finding("models", seen, one.reason)
        else:
            yield Finding("models", f"{seen} {one.url}".strip())


def _gpus() -> Iterator[Finding]:
    found = hardware.read()
    for gpu in found.gpus:
        if found.gpu_backend:
            yield Finding("gpu", f"{gpu.name}, by {found.gpu_backend}")
        else:
            remedy = "llama.cpp was built without it: see docs/operations.md, What runs where."
            yield Finding("gpu", f"{gpu.name} is not used", remedy)


def _workers() -> Iterator[Finding]:
    promised = sum(one.plan.get("memory_bytes", 0) for one in overview.served())
    for one in advice(config.load(), hardware.read(), promised):
        remedy = "" if one.fits else f"Set {one.key} to {one.fitting}."
        yield Finding("workers", one.line, remedy)
