"""Ordering passages by how well they answer a question, as Jina and Cohere have it."""

import math
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import metering
from apps.core.errors import TooLarge
from apps.gateway import bodies, names
from apps.gateway.counting import tokens_in
from apps.gateway.openai.requests import RerankRequest
from apps.gateway.openai.views import OpenAIView
from apps.gateway.presence import is_gone
from apps.gateway.streaming import ClientGone
from apps.generation.admission import admitted
from apps.retrieval.reader import loading

MOST_DOCUMENTS = 1000


class Rerank(OpenAIView):
    """`/v1/rerank`."""

    def post(self, request: Request) -> Response:
        """The documents' places and their relevance, 0 to 1, best first."""
        form = bodies.read(RerankRequest, request.data)
        if form.model and names.plain(form.model) != names.READER:
            raise names.unknown(form.model)
        if len(form.documents) > MOST_DOCUMENTS:
            raise TooLarge(
                _("Send %(most)s documents at most in one request.") % {"most": MOST_DOCUMENTS},
                details={"param": "documents"},
            )
        texts = [one if isinstance(one, str) else one.text for one in form.documents]
        tokens = tokens_in([form.query, *texts])
        with admitted(self.asker().caller, priority=self.asker().priority) as admission:
            with metering.timing(metering.Stage.READ):
                relevance = list(_relevance(form.query, texts, request))
            admission.spend(tokens)
            metering.spent(read=tokens)
            metering.written_by("reader", names.READER)
        ranked = sorted(enumerate(relevance), key=lambda pair: -pair[1])[: form.top_n]
        return Response(_told(ranked, texts if form.return_documents else None, tokens))


def _relevance(query: str, texts: Sequence[str], request: Request) -> Iterator[float]:
    """Of each text, 0..1. A few at a time: other questions take turns with these."""
    reader = loading.reader()
    for first in range(0, len(texts), reader.at_once):
        if is_gone(request):
            raise ClientGone
        passages = [("", text) for text in texts[first : first + reader.at_once]]
        for one in reader.read(query, passages, deadline=None):
            yield _share(one.relevance) if one else 0.0


def _share(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-logit)) if logit >= 0 else 1.0 - 1.0 / (1.0 + math.exp(logit))


def _told(
    ranked: Sequence[tuple[int, float]], texts: Sequence[str] | None, tokens: int
) -> dict[str, Any]:
    results = [
        {"index": at, "relevance_score": relevance}
        | ({"document": {"text": texts[at]}} if texts is not None else {})
        for at, relevance in ranked
    ]
    return {
        "id": uuid4().hex,
        "object": "list",
        "model": names.READER,
        "results": results,
        "usage": {"total_tokens": tokens, "prompt_tokens": tokens},
        "meta": {"billed_units": {"search_units": 0}},
    }
