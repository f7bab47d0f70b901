"""Headers of GGUF files, read before anything is loaded, and with bounds on everything."""

from apps.serving.gguf.facts import ModelFacts
from apps.serving.gguf.header import Header, Tensor, read_header

__all__ = ["Header", "ModelFacts", "Tensor", "read_header"]
