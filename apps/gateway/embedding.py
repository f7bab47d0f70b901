"""Vectors of texts: by the model that this installation searches with, or by one of the hub."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from rest_framework.request import Request

from apps.core import metering
from apps.core.errors import Invalid, TooLarge
from apps.gateway import names
from apps.gateway.keys import Asker
from apps.gateway.presence import is_gone
from apps.gateway.streaming import ClientGone
from apps.gateway.talking import target_of
from apps.generation import upstream
from apps.generation.admission import admitted
from apps.retrieval.embedding import current_generation
from apps.retrieval.generation_models import embedder_of, model_of
from apps.retrieval.models import EmbeddingGeneration
from apps.retrieval.protocols import Vectors

MOST_TEXTS = 2048  # as OpenAI has it
BATCH = 64  # texts between two looks whether anybody still waits
_MARKS = 2  # tokens that a model puts around a text


@dataclass(frozen=True, slots=True)
class Wanted:
    """Texts to embed. `truncates`: longer ones than the model reads are cut, else refused."""

    model: str
    texts: Sequence[str]
    dimensions: int | None = None
    truncates: bool = False
    are_questions: bool = False


@dataclass(frozen=True, slots=True)
class Embedded:
    """`vectors`: float32, (texts, dimension), in given order."""

    vectors: Vectors
    tokens: int


def embedded(wanted: Wanted, asker: Asker, request: Request) -> Embedded:
    """Embed the texts. Raises Invalid, TooLarge, NotFound, Overloaded, Retryable, ClientGone."""
    if not wanted.texts or not all(text.strip() for text in wanted.texts):
        raise Invalid(_("An input is empty: there is nothing to embed."), details=_INPUT)
    if len(wanted.texts) > MOST_TEXTS:
        raise TooLarge(
            _("Send %(most)s texts at most in one request.") % {"most": MOST_TEXTS}, details=_INPUT
        )
    generation = _built_in(wanted.model)
    target = None if generation else target_of(names.plain(wanted.model))
    with (
        admitted(asker.caller, priority=asker.priority) as admission,
        metering.timing(metering.Stage.EMBED),
    ):
        if generation is not None:
            made = _by_built_in(wanted, generation, request)
        else:
            assert target is not None  # noqa: S101  # one of both
            told = upstream.embed(target, wanted.texts)
            made = Embedded(np.asarray(told.vectors, dtype=np.float32), told.prompt_tokens)
        admission.spend(made.tokens)
        metering.spent(read=made.tokens)
        metering.written_by("embedder", names.plain(wanted.model))
    _check_dimensions(wanted, made.vectors.shape[1])
    return made


_INPUT = {"param": "input"}


def _built_in(model: str) -> EmbeddingGeneration | None:
    generation = current_generation()
    return generation if names.plain(model) in {names.EMBEDDER, generation.model_name} else None


def _by_built_in(wanted: Wanted, generation: EmbeddingGeneration, request: Request) -> Embedded:
    _check_dimensions(wanted, generation.dimension)
    embedder = embedder_of(generation)
    tokens = [embedder.count_tokens(text) for text in wanted.texts]
    if not wanted.truncates:
        _check_lengths(tokens, most=model_of(generation)[1].max_tokens - _MARKS)
    rows: list[Vectors] = []
    for first in range(0, len(wanted.texts), BATCH):
        if is_gone(request):
            raise ClientGone
        batch = wanted.texts[first : first + BATCH]
        if wanted.are_questions:
            rows.extend(embedder.embed_question(text)[None] for text in batch)
        else:
            rows.append(embedder.embed(batch))
    return Embedded(np.concatenate(rows), sum(tokens))


def _check_lengths(tokens: Sequence[int], *, most: int) -> None:
    for at, count in enumerate(tokens):
        if count > most:
            raise Invalid(
                _(
                    "Input %(at)s has %(count)s tokens; the model reads %(most)s. Cut it up, or "
                    "send `truncate: true` to have its beginning embedded."
                )
                % {"at": at, "count": count, "most": most},
                code="context_length_exceeded",
                details={"param": "input", "n_prompt_tokens": count, "n_ctx": most},
            )


def _check_dimensions(wanted: Wanted, there: int) -> None:
    if wanted.dimensions not in {None, there}:
        raise Invalid(
            _("The vectors of %(model)s have %(there)s dimensions: leave `dimensions` out.")
            % {"model": wanted.model, "there": there},
            details={"param": "dimensions"},
        )
