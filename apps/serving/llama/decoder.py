"""A llama.cpp context as the batcher's Decoder."""

from collections.abc import Sequence

import llama_cpp

from apps.serving.batching.decoding import DecodeFailed, NoRoom, Run, Sampler
from apps.serving.errors import ModelUnusable
from apps.serving.llama.batch import LlamaBatch
from apps.serving.llama.model import LlamaModel
from apps.serving.llama.sampling import LlamaGrammarSampler, LlamaSampler
from apps.serving.llama.vocabulary import LlamaVocabulary
from apps.serving.plan import Plan
from apps.serving.protocols import Sampling

SPARE_SLOTS = 1  # where a finished sequence's state goes when another takes its place
OUTPUTS = 64  # rows with logits of a step; they take memory: vocabulary times four bytes each
_READ_AT_ONCE = 256  # on processors: measured fastest, see docs/adr/0018
_NO_FLASH, _AUTO_FLASH = 0, -1
_NO_ROOM = 1


class LlamaDecoder:
    """One context of `plan.parallel` slots and a spare one, each `plan.context` tokens long."""

    def __init__(self, model: LlamaModel, vocabulary: LlamaVocabulary, plan: Plan) -> None:
        """Raises ModelUnusable: no memory for the context."""
        self._model, self.vocabulary = model, vocabulary
        parameters = _parameters(plan)
        self._context = llama_cpp.llama_init_from_model(model.pointer, parameters)
        if not self._context:
            raise ModelUnusable(
                f"llama.cpp cannot hold {plan.parallel} sequences of {plan.context} tokens."
            )
        self._memory = llama_cpp.llama_get_memory(self._context)
        self.slots = int(llama_cpp.llama_n_seq_max(self._context))
        self.context = plan.context
        self.batch = int(llama_cpp.llama_n_batch(self._context))
        self.outputs = int(parameters.n_outputs_max)
        self.can_rewind = not model.is_stepwise
        self._filled = LlamaBatch(self.batch, self.slots)
        self.piece = vocabulary.piece
        self.is_end = vocabulary.is_end

    def decode(self, runs: Sequence[Run]) -> list[int]:
        """Compute the runs; the row of each one's first output. Raises NoRoom, DecodeFailed."""
        rows = self._filled.fill(runs)
        result = llama_cpp.llama_decode(self._context, self._filled.filled)
        if result == _NO_ROOM:
            raise NoRoom("no room for the tokens' keys and values")
        if result != 0:
            raise DecodeFailed(f"llama_decode gave {result}")
        return rows

    def cut(self, slot: int, length: int) -> None:
        """Forget what lies beyond `length`."""
        llama_cpp.llama_memory_seq_rm(self._memory, slot, length, -1)

    def copy(self, source: int, target: int) -> None:
        """Copy a slot onto another one. The copying itself happens with the next decoding."""
        llama_cpp.llama_memory_seq_rm(self._memory, target, -1, -1)
        llama_cpp.llama_memory_seq_cp(self._memory, source, target, -1, -1)

    def sampler(self, sampling: Sampling) -> Sampler:
        """A new one. Raises ValueError: the grammar is none."""
        if sampling.grammar:
            return LlamaGrammarSampler(self._context, self._model, sampling)
        return LlamaSampler(self._context, self._model, sampling)

    def close(self) -> None:
        """Free the context. Safe to repeat."""
        if self._context:
            llama_cpp.llama_free(self._context)
            self._context = None


def _parameters(plan: Plan) -> llama_cpp.llama_context_params:
    slots = plan.parallel + SPARE_SLOTS
    params = llama_cpp.llama_context_default_params()
    params.n_ctx, params.n_seq_max = plan.context * slots, slots
    params.n_batch = max(plan.batch, plan.parallel)
    params.n_ubatch = params.n_batch if plan.gpu_layers else min(params.n_batch, _READ_AT_ONCE)
    params.n_outputs_max = min(params.n_ubatch, max(OUTPUTS, plan.parallel))
    params.n_threads, params.n_threads_batch = plan.threads, plan.batch_threads
    # Each slot has its own cells: attention over all of them took four times as long at 8 slots.
    params.kv_unified, params.swa_full = False, True
    # On processors it makes writing 3 times slower, reading 1.2 times faster (docs/adr/0018).
    params.flash_attn_type = _AUTO_FLASH if plan.gpu_layers else _NO_FLASH
    params.no_perf = True
    return params
