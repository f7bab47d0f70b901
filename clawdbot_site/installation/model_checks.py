"""What `clawdbot doctor` looks at of language models: every file is read whole."""

from collections.abc import Iterator
from importlib.util import find_spec

from apps.modelhub import files
from apps.modelhub.checking import model_check
from apps.modelhub.models import Model
from clawdbot_site.installation.findings import Finding

State = Model.State


def model_findings() -> Iterator[Finding]:
    """One finding a model, then files that no model has; nothing where there is neither."""
    models = list(Model.objects.order_by("name"))
    for model in models:
        yield _model(model)
    if any(model.state == State.READY for model in models) and find_spec("llama_cpp") is None:
        yield Finding("llama.cpp", "not installed", "No model can be served. Run: make serving")
    yield from _strays({model.path for model in models})


def _model(model: Model) -> Finding:
    if model.state == State.FETCHING:
        return Finding("model", f"{model.name} is being fetched", model.problem)
    problem = model_check(model, is_full=True)
    seen = f"{model.name}, {model.quantisation or 'not here'}"
    return Finding("model", seen if problem else f"{seen}, as it was added", problem)


def _strays(known: set[str]) -> Iterator[Finding]:
    """A process that was killed at the wrong moment leaves one behind."""
    for path in sorted(files.folder().glob("*.gguf")):
        if path.name not in known:
            remedy = f"Delete it; if it is wanted, add it first: clawdbot model add {path}"
            yield Finding("model", f"{path.name} belongs to no model", remedy)
