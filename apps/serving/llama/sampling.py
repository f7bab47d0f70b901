"""llama.cpp's samplers for one sequence: penalties, top-k, top-p, min-p, temperature, grammar."""

import secrets
import time
from typing import Any

import llama_cpp

from apps.serving.batching.decoding import NoToken
from apps.serving.llama.candidates import Candidates
from apps.serving.llama.model import LlamaModel
from apps.serving.protocols import Sampling

PENALISED_TOKENS = 64  # the last ones; as llama-server has it
_PATIENCE_S = 2.0
_COLDEST = 1e-4  # below it logits leave the range of their numbers: the likeliest token is meant
_SEEDS = 2**32 - 1  # the highest one would mean "random" to llama.cpp


def chain(sampling: Sampling, vocabulary_size: int) -> Any:
    """A sampler chain; whoever asks for it frees it."""
    pointer = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
    for part in _parts(sampling, vocabulary_size):
        llama_cpp.llama_sampler_chain_add(pointer, part)
    return pointer


def _parts(sampling: Sampling, vocabulary_size: int) -> list[Any]:
    found = []
    penalties = (sampling.repeat_penalty, sampling.frequency_penalty, sampling.presence_penalty)
    if penalties != (1.0, 0.0, 0.0):
        found.append(
            llama_cpp.llama_sampler_init_penalties(vocabulary_size, PENALISED_TOKENS, *penalties)
        )
    if sampling.temperature < _COLDEST:
        return [*found, llama_cpp.llama_sampler_init_greedy()]
    if sampling.top_k > 0:
        found.append(llama_cpp.llama_sampler_init_top_k(sampling.top_k))
    if sampling.top_p < 1:
        found.append(llama_cpp.llama_sampler_init_top_p(sampling.top_p, 1))
    if sampling.min_p > 0:
        found.append(llama_cpp.llama_sampler_init_min_p(sampling.min_p, 1))
    seed = secrets.randbelow(_SEEDS) if sampling.seed is None else sampling.seed % _SEEDS
    found.append(llama_cpp.llama_sampler_init_temp(sampling.temperature))
    found.append(llama_cpp.llama_sampler_init_dist(seed))
    return found


class LlamaSampler:
    """Chooses by probabilities alone."""

    def __init__(self, context: Any, model: LlamaModel, sampling: Sampling) -> None:
        self._context = context
        self._chain: Any = chain(sampling, model.vocabulary_size)

    def sample(self, row: int) -> int:
        """The next token after `row` of the last decoding."""
        return int(llama_cpp.llama_sampler_sample(self._chain, self._context, row))

    def close(self) -> None:
        """Free it. Safe to repeat."""
        if self._chain is not None:
            llama_cpp.llama_sampler_free(self._chain)
            self._chain = None


class LlamaGrammarSampler:
    """Chooses by probabilities among what a grammar allows.

    The grammar looks at the one token that would be chosen; only when it forbids that one does it
    look at the whole vocabulary, which takes tens of milliseconds for a large one.
    """

    def __init__(self, context: Any, model: LlamaModel, sampling: Sampling) -> None:
        """Raises ValueError: no grammar."""
        self._candidates = Candidates(context, model.vocabulary_size)
        grammar = llama_cpp.llama_sampler_init_grammar(
            model.vocabulary, sampling.grammar.encode(), b"root"
        )
        if not grammar:
            raise ValueError("The grammar is not valid GBNF with a rule named root.")
        self._grammar: Any = grammar
        self._chain: Any = chain(sampling, model.vocabulary_size)

    def sample(self, row: int) -> int:
        """The next token after `row` of the last decoding. Raises NoToken."""
        began = time.monotonic()
        self._candidates.fill(row)
        token = self._candidates.choose(self._chain)
        if not self._candidates.allows(self._grammar, token):
            self._candidates.fill(row)
            self._candidates.apply(self._grammar)
            token = self._candidates.choose(self._chain)
            # llama.cpp ends the process when it is told of a token that cannot be.
            if not self._candidates.allows(self._grammar, token):
                raise NoToken("the grammar allows no token of this vocabulary here")
        if time.monotonic() - began > _PATIENCE_S:  # all others have waited for it
            raise NoToken("the grammar has too many ways to go on")
        llama_cpp.llama_sampler_accept(self._grammar, token)
        llama_cpp.llama_sampler_accept(self._chain, token)
        return token

    def close(self) -> None:
        """Free it. Safe to repeat."""
        for pointer in (self._grammar, self._chain):
            if pointer is not None:
                llama_cpp.llama_sampler_free(pointer)
        self._grammar = self._chain = None
