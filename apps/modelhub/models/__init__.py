"""The tables of the model hub."""

from apps.modelhub.models.files import Model
from apps.modelhub.models.profiles import Profile, Term
from apps.modelhub.models.servers import ModelServer

__all__ = ["Model", "ModelServer", "Profile", "Term"]
