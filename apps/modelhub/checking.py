"""Whether a model's file is still the one that was added."""

from pathlib import Path

from django.utils.translation import gettext as _

from apps.modelhub import files
from apps.modelhub.models import Model

State = Model.State


def model_look(model: Model) -> str:
    """What is wrong with the model's file on this node as far as a look at it tells: at once.

    The row follows where the size is another one. A file that is not here says nothing of other
    nodes, so the row stays as it is.
    """
    if model.state not in {State.READY, State.DAMAGED}:
        return model.problem or _("It is not here yet.")
    path = files.path_of(model)
    try:
        size_bytes = path.stat().st_size
    except OSError:
        return _("There is no file %(path)s on this machine.") % {"path": path}
    if size_bytes != model.size_bytes:
        return _damaged(model, _("its size is another one"))
    return model.problem if model.state == State.DAMAGED else ""


def model_check(
    model: Model, *, is_full: bool = False, watch: files.Watch = files.unwatched
) -> str:
    """What is wrong with the model's file on this node, in a sentence; empty: nothing.

    To be asked before a server is started: size and time are looked at, and the bytes are read
    where the time is another one, and whenever `is_full`. The row follows: damaged, or ready again.
    """
    problem, path = model_look(model), files.path_of(model)
    try:
        found = path.stat()
    except OSError:
        return problem
    is_same_time = found.st_mtime_ns == model.mtime_ns
    if not model.path or found.st_size != model.size_bytes or (is_same_time and not is_full):
        return problem
    return _compared(model, path, watch, mtime_ns=found.st_mtime_ns)


def _compared(model: Model, path: Path, watch: files.Watch, *, mtime_ns: int) -> str:
    try:
        sha256 = files.digest(path, watch)
    except OSError:
        return _damaged(model, _("it cannot be read"))
    if sha256 != model.sha256:
        return _damaged(model, _("its SHA-256 is another one"))
    _set(model, State.READY, "", mtime_ns=mtime_ns)
    return ""


def _damaged(model: Model, why: str) -> str:
    problem = _(
        "The file is not the one that was added (%(why)s). Add it again: clawdbot model add "
        "%(source)s"
    ) % {"why": why, "source": model.source}
    _set(model, State.DAMAGED, problem[:500], mtime_ns=model.mtime_ns)
    return model.problem


def _set(model: Model, state: str, problem: str, *, mtime_ns: int) -> None:
    if (model.state, model.problem, model.mtime_ns) == (state, problem, mtime_ns):
        return
    model.state, model.problem, model.mtime_ns = state, problem, mtime_ns
    model.save(update_fields=["state", "problem", "mtime_ns"])
