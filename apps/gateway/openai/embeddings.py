"""OpenAI's address for vectors."""

import base64
from collections.abc import Sequence

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.errors import Invalid
from apps.gateway import bodies
from apps.gateway.embedding import Wanted, embedded
from apps.gateway.openai.requests import EmbeddingsRequest
from apps.gateway.openai.views import OpenAIView
from apps.retrieval.protocols import Vectors


class Embeddings(OpenAIView):
    """`/v1/embeddings`."""

    def post(self, request: Request) -> Response:
        """A vector for each text, in given order."""
        form = bodies.read(EmbeddingsRequest, request.data)
        wanted = Wanted(
            model=form.model,
            texts=_texts(form),
            dimensions=form.dimensions,
            truncates=form.truncate,
            are_questions=form.input_type == "query",
        )
        made = embedded(wanted, self.asker(), request)
        rows = _base64(made.vectors) if form.encoding_format == "base64" else made.vectors.tolist()
        return Response(
            {
                "object": "list",
                "data": [
                    {"object": "embedding", "index": at, "embedding": row}
                    for at, row in enumerate(rows)
                ],
                "model": form.model,
                "usage": {"prompt_tokens": made.tokens, "total_tokens": made.tokens},
            }
        )


def _texts(form: EmbeddingsRequest) -> Sequence[str]:
    given = [form.input] if isinstance(form.input, str) else list(form.input)
    texts = [one for one in given if isinstance(one, str)]
    if len(texts) != len(given):
        raise Invalid(
            _(
                "Send texts, not numbers of tokens, which are another model's. In LangChain: "
                "OpenAIEmbeddings(check_embedding_ctx_length=False)."
            ),
            details={"param": "input"},
        )
    return texts


def _base64(vectors: Vectors) -> Sequence[str]:
    """Each row's bytes, little-endian, as OpenAI's clients ask for unless told otherwise."""
    return [base64.b64encode(row.astype("<f4").tobytes()).decode() for row in vectors]
