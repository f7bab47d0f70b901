"""Clients of an OpenAI-compatible completion server: they stream, and time every piece."""

import http.client
import json
import random
import statistics
import string
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.percentiles import percentile

TIMEOUT_S = 600.0


@dataclass(slots=True)
class Stream:
    """One answer as its client saw it: seconds from sending."""

    arrivals: list[float] = field(default_factory=list)
    error: str = ""

    @property
    def first_s(self) -> float:
        """Seconds to the first text."""
        return self.arrivals[0]

    @property
    def gaps(self) -> list[float]:
        """Seconds between pieces."""
        return [b - a for a, b in zip(self.arrivals, self.arrivals[1:], strict=False)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A run: so many clients, each so many questions one after the other."""

    streams: int
    rounds: int
    prompt_tokens: int
    new_tokens: int
    shared: float = 0.0  # of the prompt, the same in all
    seed: int = 0


def prompts(wanted: Wanted) -> list[str]:
    """One for each question; no two are alike beyond the shared part.

    Random capitals: a byte-level vocabulary without merges makes a token of each.
    """
    rng = random.Random(wanted.seed)
    head = _letters(rng, round(wanted.prompt_tokens * wanted.shared))
    tail = wanted.prompt_tokens - len(head)
    return [head + _letters(rng, tail) for _ in range(wanted.streams * wanted.rounds)]


def _letters(rng: random.Random, count: int) -> str:
    return "".join(rng.choices(string.ascii_uppercase, k=count))


def drive(address: tuple[str, int], wanted: Wanted) -> dict[str, float]:
    """Ask and measure: tokens a second of all together, seconds to the first token, gaps."""
    asked = prompts(wanted)
    if wanted.shared:  # what is shared has been asked before
        _ask(address, asked[0][: round(wanted.prompt_tokens * wanted.shared)], 2)
    streams: list[Stream] = []
    begun = time.perf_counter()
    clients = [
        threading.Thread(
            target=_client, args=(address, asked[n :: wanted.streams], wanted, streams)
        )
        for n in range(wanted.streams)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return _figures(streams, time.perf_counter() - begun, wanted)


def _client(
    address: tuple[str, int], asked: Sequence[str], wanted: Wanted, streams: list[Stream]
) -> None:
    for prompt in asked:
        streams.append(_ask(address, prompt, wanted.new_tokens))


def _figures(streams: Sequence[Stream], took_s: float, wanted: Wanted) -> dict[str, float]:
    done = [stream for stream in streams if stream.arrivals and not stream.error]
    failed = len(streams) - len(done)
    for stream in streams:
        if stream.error:
            raise RuntimeError(stream.error)
    firsts = [stream.first_s for stream in done]
    gaps = [gap for stream in done for gap in stream.gaps]
    return {
        "tokens_s": len(done) * wanted.new_tokens / took_s,
        "first_p50_s": statistics.median(firsts),
        "first_worst_s": max(firsts),
        "gap_p50_ms": 1000 * percentile(gaps, 0.5),
        "gap_p99_ms": 1000 * percentile(gaps, 0.99),
        "pieces": len(gaps) / len(done),
        "failed": float(failed),
    }


def _ask(address: tuple[str, int], prompt: str, new_tokens: int) -> Stream:
    """One completion. Sampled from the 40 likeliest: text that does not go in circles."""
    body = {
        "model": "bench", "prompt": prompt, "max_tokens": new_tokens, "stream": True,
        "temperature": 1.0, "top_k": 40, "top_p": 1.0, "min_p": 0.0, "seed": 6,
    }  # fmt: skip
    stream, begun = Stream(), time.perf_counter()
    connection = http.client.HTTPConnection(*address, timeout=TIMEOUT_S)
    try:
        connection.request(
            "POST", "/v1/completions", json.dumps(body), {"Content-Type": "application/json"}
        )
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            stream.error = answer.read().decode()
            return stream
        for line in answer:
            if line.startswith(b"data: {"):
                choices = json.loads(line[6:]).get("choices")
                if choices and choices[0].get("text"):
                    stream.arrivals.append(time.perf_counter() - begun)
    finally:
        connection.close()
    return stream
