"""Asking OpenAI-compatible servers: streams, tries again, leaves alone who fails."""

import json
import random
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.crypto import salted_hmac

from apps.core import config
from apps.core.errors import ClawdbotError, Invalid, Retryable
from apps.generation.upstream import failures
from apps.generation.upstream.breaker import breaker_of
from apps.generation.upstream.connections import (
    CANCELLED,
    CONNECT_S,
    TOO_SLOW,
    Cutting,
    client,
    cutting,
)
from apps.generation.upstream.events import Told, chat_events, lines, usage_of
from apps.generation.upstream.values import (
    ChatDone,
    ChatEvent,
    ChatOptions,
    ChatPiece,
    Embedded,
    Message,
    Target,
)

if TYPE_CHECKING:
    import httpx

_FIRST_PAUSE_S, _MOST_PAUSE_S = 0.2, 2.0
_COUNT_S = 5.0
_AGAIN = frozenset({failures.UNREACHABLE, failures.LOADING})
_SILENCE_S = 5.0  # a server that spoke so lately is at work


def chat(
    target: Target, messages: Sequence[Message], options: ChatOptions
) -> Generator[ChatEvent, None, None]:
    """Places in the queue, then the answer's pieces as they come, then exactly one ChatDone.

    Closing the iterator closes the connection at once, which frees the server's place; so does the
    current `apps.core.cancellation` from another thread. Before the first piece passing faults
    are tried again, with pauses of random length; after it they end the iterator. Raises Overloaded
    (the server's queue is full), Invalid (what it refuses; code `context_length_exceeded` with
    details `n_prompt_tokens`, `n_ctx`), Retryable with code `engine_unreachable`,
    `engine_timeout`, `engine_resting`, `engine_refused`, `model_loading`, or after the first piece
    `engine_lost`.
    """
    body = {"messages": [dict(message) for message in messages]}
    yield from _written(target, "chat/completions", body, options)


def complete(target: Target, prompt: str, options: ChatOptions) -> Iterator[ChatEvent]:
    """As `chat`, going on from a text as it stands."""
    yield from _written(target, "completions", {"prompt": prompt}, options)


def _written(
    target: Target, path: str, body: Mapping[str, Any], options: ChatOptions
) -> Generator[ChatEvent, None, None]:
    attempts = options.attempts or config.load().engines.attempts
    for attempt in range(1, attempts + 1):
        try:
            yield from _written_once(target, path, body, options)
        except Retryable as error:
            if attempt == attempts or error.code not in _AGAIN:
                raise
        else:
            return
        # Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015: full jitter.
        time.sleep(random.uniform(0, min(_MOST_PAUSE_S, _FIRST_PAUSE_S * 2**attempt)))  # noqa: S311


def embed(target: Target, texts: Sequence[str]) -> Embedded:
    """Vectors of the texts. Raises what `chat` raises."""
    body = {"model": target.model, "input": list(texts), "encoding_format": "float"}
    told = _ask(target, f"{target.url}/embeddings", body, timeout_s=config.load().engines.timeout_s)
    rows = sorted(told["data"], key=lambda row: row["index"])
    return Embedded([row["embedding"] for row in rows], usage_of(told).prompt_tokens)


def count_tokens(target: Target, text: str) -> int | None:
    """How many tokens the model makes of `text`; None where the server does not tell."""
    try:
        told = _ask(target, f"{target.root}/tokenize", {"content": text}, timeout_s=_COUNT_S)
        return len(told["tokens"])
    except (ClawdbotError, KeyError, TypeError):  # vLLM's address of that name asks otherwise: 422
        return None


def _body(target: Target, asked: Mapping[str, Any], options: ChatOptions) -> dict[str, Any]:
    chosen = {
        "temperature": options.temperature,
        "top_p": options.top_p,
        "max_tokens": options.max_tokens,
        "seed": options.seed,
        "stop": list(options.stop) or None,
        "prompt_cache_key": None if target.is_remote else _cache_key(options.asker),
    }
    return {
        **options.extra,
        **{name: value for name, value in chosen.items() if value is not None},
        "model": target.model,
        **asked,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def _cache_key(asker: str) -> str:
    """Who may send any prompt could learn from how much of it the server knows already, or from how
    fast it is, what others were answered from: their prompts share nothing with ours. A secret, so
    that nobody who reaches the server past us has it."""
    return salted_hmac("apps.generation.upstream", asker, algorithm="sha256").hexdigest()


def _written_once(
    target: Target, path: str, body: Mapping[str, Any], options: ChatOptions
) -> Generator[ChatEvent, None, None]:
    import httpx

    progress = _Progress(target)
    try:
        with closing(_events(path, _body(target, body, options), options, progress)) as events:
            for event in events:
                yield event
                if isinstance(event, ChatDone):
                    breaker_of(target.url).succeeded()
                    return
    except (httpx.TransportError, Told, ValueError) as error:
        raise progress.failure(error) from error
    raise progress.failure(None)


def _events(
    path: str, body: dict[str, Any], options: ChatOptions, progress: "_Progress"
) -> Generator[ChatEvent, None, None]:
    engines, target = config.load().engines, progress.target
    total_s = options.timeout_s or engines.timeout_s
    first_s = min(options.first_token_s or engines.first_token_s, total_s)
    started = time.monotonic()
    url = f"{target.url}/{path}"
    with _accepted(target, url, body, timeout_s=first_s) as response, cutting(response) as cut:
        progress.cut = cut
        cut.after(first_s - (time.monotonic() - started))
        for event in chat_events(lines(response.iter_bytes())):
            if isinstance(event, ChatPiece):
                if not progress.is_begun:
                    cut.after(total_s - (time.monotonic() - started))
                progress.spoke_at = time.monotonic()
            yield event


@dataclass(slots=True)
class _Progress:
    """How far a stream came, to say what its end means."""

    target: Target
    spoke_at: float | None = None  # the last piece came
    cut: Cutting | None = None

    @property
    def is_begun(self) -> bool:
        return self.spoke_at is not None

    @property
    def _is_writing(self) -> bool:
        return self.spoke_at is not None and time.monotonic() - self.spoke_at < _SILENCE_S

    def failure(self, error: Exception | None) -> ClawdbotError:
        """What to raise for `error` (None: it ended without an end), counted by the breaker."""
        if isinstance(error, Told):
            told = failures.of_error(error.error, self.target, is_begun=self.is_begun)
            if isinstance(told, Invalid):
                return told
        if self.cut is not None and self.cut.reason == CANCELLED:
            return failures.lost(self.target)
        is_too_slow = self._is_too_slow(error)
        # An answer that is too long is the caller's: it must not keep others from the server.
        if not (is_too_slow and self._is_writing):
            breaker_of(self.target.url).failed()
        if is_too_slow:
            return failures.too_slow(self.target)
        return (failures.lost if self.is_begun else failures.unreachable)(self.target)

    def _is_too_slow(self, error: Exception | None) -> bool:
        import httpx

        return isinstance(error, httpx.ReadTimeout) or (
            self.cut is not None and self.cut.reason == TOO_SLOW
        )


@contextmanager
def _accepted(
    target: Target, url: str, body: Mapping[str, Any], *, timeout_s: float
) -> Iterator["httpx.Response"]:
    """The response to a POST, its body not read yet. Raises what a refusal means."""
    import httpx

    breaker = breaker_of(target.url)
    if not breaker.allows():
        raise failures.resting(target, breaker.rests_s)
    headers = {"Authorization": f"Bearer {target.key}"} if target.key else {}
    timeout = httpx.Timeout(timeout_s, connect=CONNECT_S)
    with client().stream("POST", url, json=body, headers=headers, timeout=timeout) as response:
        if not response.is_success:
            response.read()
            (breaker.failed if response.status_code >= 500 else breaker.succeeded)()
            raise failures.of_response(response, target)
        yield response


def _ask(target: Target, url: str, body: Mapping[str, Any], *, timeout_s: float) -> dict[str, Any]:
    """The answer to a POST, whole. Raises what `chat` raises before its first piece."""
    import httpx

    breaker = breaker_of(target.url)
    try:
        with _accepted(target, url, body, timeout_s=timeout_s) as response:
            told = json.loads(response.read())
    except httpx.ReadTimeout as error:
        breaker.failed()
        raise failures.too_slow(target) from error
    except (httpx.TransportError, ValueError) as error:
        breaker.failed()
        raise failures.unreachable(target) from error
    breaker.succeeded()
    if not isinstance(told, dict):
        raise failures.unreachable(target)
    return told
