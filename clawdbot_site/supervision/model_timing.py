"""How fast a model server reads and writes, asked one request at a time."""

import json
import random
import time
from collections.abc import Iterator, Sequence
from typing import Any

import httpx

from apps.core.errors import Conflict
from apps.serving.plan import Plan

PROMPT_TOKENS, ANSWER_TOKENS = 512, 64
ENOUGH_TOKENS = 32  # written; answers that end sooner are followed by others
ATTEMPTS = 4
TEXTS = 8  # of an embedding model
WORDS = (
    "The annual report lists revenue, costs and the people who checked them. "
    "公司年度报告列出了收入、成本和审核人员。Water boils at one hundred degrees."
)


def measure(client: httpx.Client, plan: Plan) -> dict[str, float]:
    """Tokens a second read and written, seconds to the first token. Prompts are of chance tokens,
    so that nothing is known before, and nothing is guessed from them.
    """
    chance = random.Random(7)  # noqa: S311
    vocabulary = _asked(client, "/tokenize", {"content": WORDS})["tokens"]
    length = min(PROMPT_TOKENS, plan.context // 2)

    def prompt(count: int) -> list[int]:
        return chance.choices(vocabulary, k=count)

    if plan.is_embedding:
        return _embedding(client, [prompt(length) for _ in range(TEXTS)])
    _answered(client, prompt(8), ANSWER_TOKENS // 8)  # the first request pays for much
    read_s, first_s, written, writing_s = [], [], 0, 0.0
    for _attempt in range(ATTEMPTS):
        answer = _answered(client, prompt(length), min(ANSWER_TOKENS, plan.context - length))
        read_s.append(answer["prompt_s"])
        first_s.append(answer["first_s"])
        written += answer["tokens"] - 1
        writing_s += answer["writing_s"]
        if written >= ENOUGH_TOKENS:
            break
    figures = {
        "prompt_tokens": length,
        "prompt_tokens_s": round(length / max(min(read_s), 1e-6), 1),
        "first_token_s": round(min(first_s), 3),
    }
    if written > 0 and writing_s > 0:
        figures["generation_tokens_s"] = round(written / writing_s, 1)
    return figures


def _embedding(client: httpx.Client, texts: Sequence[Sequence[int]]) -> dict[str, float]:
    _asked(client, "/v1/embeddings", {"input": texts[0][:8]})
    began = time.perf_counter()
    _asked(client, "/v1/embeddings", {"input": texts})
    tokens = sum(map(len, texts))
    return {"prompt_tokens_s": round(tokens / (time.perf_counter() - began), 1)}


def _answered(client: httpx.Client, prompt: Sequence[int], most: int) -> dict[str, Any]:
    body = {
        "prompt": prompt, "max_tokens": most, "temperature": 0, "speculate": False,
        "stream": True, "stream_options": {"include_usage": True},
    }  # fmt: skip
    began, first, last, figures = time.perf_counter(), 0.0, 0.0, None
    with client.stream("POST", "/v1/completions", json=body) as response:
        if not response.is_success:
            response.read()
            raise _refused(response)
        for event in _events(response):
            if event.get("usage"):
                figures = event
            elif event.get("choices"):
                last = time.perf_counter()
                first = first or last
    if figures is None:
        raise Conflict("The model's server ended in the midst of an answer.")
    return {
        "tokens": figures["usage"]["completion_tokens"],
        "prompt_s": figures["timings"]["prompt_s"],
        "first_s": (first or time.perf_counter()) - began,
        "writing_s": last - first,
    }


def _events(response: httpx.Response) -> Iterator[dict[str, Any]]:
    for line in response.iter_lines():
        if line.startswith("data: ") and line != "data: [DONE]":
            event = json.loads(line.removeprefix("data: "))
            if "error" in event:
                raise Conflict(str(event["error"]["message"]))
            yield event


def _asked(client: httpx.Client, path: str, body: dict[str, Any]) -> Any:
    response = client.post(path, json=body)
    if not response.is_success:
        raise _refused(response)
    return response.json()


def _refused(response: httpx.Response) -> Conflict:
    return Conflict(f"The model's server refused: {response.text[:200]}")
