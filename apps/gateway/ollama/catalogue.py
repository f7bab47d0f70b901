"""Ollama's addresses that tell of models, or embed."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.errors import Forbidden
from apps.gateway import bodies, names
from apps.gateway.embedding import Wanted, embedded
from apps.gateway.listing import Kind, Listed, model_of, models_of
from apps.gateway.ollama.requests import EmbedRequest, OldEmbedRequest, ShowRequest
from apps.gateway.ollama.shapes import Shape
from apps.gateway.ollama.views import OllamaView
from apps.modelhub.selectors import loaded_models

VERSION = "0.12.0"  # of Ollama, whose protocol this is: clients look at it


class Tags(OllamaView):
    """`/api/tags`."""

    def get(self, request: Request) -> Response:
        """The models that the caller may use."""
        return Response({"models": [_told(one) for one in _usable(self)]})


class Running(OllamaView):
    """`/api/ps`."""

    def get(self, request: Request) -> Response:
        """Those that are loaded; what answers from documents always is."""
        loaded = loaded_models()
        there = [one for one in _usable(self) if one.model is None or one.model.pk in loaded]
        return Response({"models": [_told(one) | {"size_vram": 0} for one in there]})


class Show(OllamaView):
    """`/api/show`."""

    def post(self, request: Request) -> Response:
        """What is known of a model."""
        form = bodies.read(ShowRequest, request.data)
        listed = model_of(form.model or form.name, self.asker().user)
        told = _told(listed)
        model = listed.model
        info: dict[str, Any] = {"general.basename": listed.title}
        if model is not None:
            info["general.architecture"] = model.architecture
            info["general.parameter_count"] = model.parameters
            info[f"{model.architecture}.context_length"] = model.context_length
        return Response(
            {
                "details": told["details"],
                "model_info": info,
                "modified_at": told["modified_at"],
                "capabilities": ["embedding" if listed.kind is Kind.EMBEDDING else "completion"],
                "license": model.licence if model else "",
                "template": "",
                "parameters": "",
            }
        )


class Version(OllamaView):
    """`/api/version`."""

    def get(self, request: Request) -> Response:
        """Of the protocol."""
        return Response({"version": VERSION})


class Embed(OllamaView):
    """`/api/embed`."""

    def post(self, request: Request) -> Response:
        """A vector for each text, in given order."""
        form = bodies.read(EmbedRequest, request.data)
        shape = Shape(form.model, self.asker().site)
        wanted = Wanted(
            model=form.model,
            texts=[form.input] if isinstance(form.input, str) else list(form.input),
            dimensions=form.dimensions,
            truncates=form.truncate,
        )
        made = embedded(wanted, self.asker(), request)
        return Response(
            {
                "model": form.model,
                "embeddings": made.vectors.tolist(),
                **{name: shape.times({})[name] for name in ("total_duration", "load_duration")},
                "prompt_eval_count": made.tokens,
            }
        )


class OldEmbed(OllamaView):
    """`/api/embeddings`."""

    def post(self, request: Request) -> Response:
        """The vector of one text."""
        form = bodies.read(OldEmbedRequest, request.data)
        wanted = Wanted(model=form.model, texts=[form.prompt], truncates=True)
        made = embedded(wanted, self.asker(), request)
        return Response({"embedding": made.vectors[0].tolist()})


class NotManaged(OllamaView):
    """`/api/pull`, `push`, `create`, `copy`, `delete`: models are not managed by their users."""

    def post(self, request: Request, what: str) -> Response:
        """Say how it is done."""
        raise Forbidden(
            _("Models are managed by administrators: `clawdbot model add|remove`."),
            code="not_managed_here",
        )

    delete = post


def _usable(view: OllamaView) -> Sequence[Listed]:
    return [one for one in models_of(view.asker().user) if one.kind is not Kind.RERANKING]


def _told(listed: Listed) -> dict[str, Any]:
    model = listed.model
    name = listed.name if ":" in listed.name else f"{listed.name}{names.LATEST}"
    family = model.architecture if model else str(listed.kind)
    return {
        "name": name,
        "model": name,
        "modified_at": listed.created.isoformat(),
        "size": model.size_bytes if model else 0,
        "digest": model.sha256 if model else "",
        "details": {
            "parent_model": "",
            "format": "gguf" if model else "clawdbot",
            "family": family,
            "families": [family],
            "parameter_size": _parameters(model.parameters) if model else "",
            "quantization_level": model.quantisation if model else "",
        },
    }


def _parameters(count: int) -> str:
    return f"{count / 1e9:.1f}B" if count >= 1e9 else f"{count / 1e6:.0f}M"
