"""A GGUF file becomes the model that answers on this node. Needs the database."""

from pathlib import Path

from apps.modelhub.files import folder
from apps.modelhub.models import Model
from apps.modelhub.services import Wishes, model_add
from apps.modelhub.sources import source_of
from apps.ops.model_keeping import pins


def model_take(path: Path) -> Model:
    """Make a model of the file, where it lies, and want it on this node for good.

    Reads the whole file once. Raises Invalid (no model), Conflict (its name is taken).
    """
    is_ours = path.is_relative_to(folder())
    added = model_add(source_of(str(path)), Wishes(), is_in_place=not is_ours)
    pins.pin(added.model, 0)
    return added.model
