"""How much memory a model will take, before it is loaded.

Measured against llama.cpp 0.3.36 in docs/adr/0025.
"""

from dataclasses import dataclass

from apps.serving.gguf import ModelFacts

ELEMENT_BYTES = 2  # keys and values are kept as float16
PROCESS_BYTES = 80 * 10**6  # Python, the HTTP server, llama.cpp's code
TOKEN_TEXT_BYTES = 250  # of the vocabulary's tables, for each token
FLOAT_BYTES = 4
OUTPUT_ROWS = 64  # of a step: one for each sequence, and those of guessed tokens
SPARE_SLOTS = 1  # of the batcher's context, beside those of the plan
GPU_CONTEXT_BYTES = 500 * 10**6  # what a GPU's runtime takes for itself


@dataclass(frozen=True, slots=True)
class Shape:
    """How a model is to be loaded, as far as memory cares."""

    context: int  # tokens of one sequence
    parallel: int
    batch: int
    gpu_layers: int = 0  # layers + 1: everything


@dataclass(frozen=True, slots=True)
class Need:
    """Bytes of main memory, by what they are for, and of the GPU's."""

    weights: int
    cache: int
    buffers: int
    gpu: int = 0

    @property
    def total(self) -> int:
        """Main memory."""
        return self.weights + self.cache + self.buffers


def need(facts: ModelFacts, shape: Shape) -> Need:
    """What the model takes when every sequence is full."""
    layers = max(1, facts.layers)
    on_gpu = min(shape.gpu_layers, layers) / layers
    cache = cache_bytes(facts, shape)
    compute = _compute_bytes(facts, shape)
    above_layers = facts.tensor_bytes - facts.layer_bytes  # embeddings, output
    output_on_gpu = above_layers if shape.gpu_layers > layers else 0
    gpu = int(on_gpu * (facts.layer_bytes + cache)) + output_on_gpu + compute + GPU_CONTEXT_BYTES
    # The table of embeddings is read on the processor and, where it is the output too, kept twice.
    tied = _embedding_bytes(facts) if above_layers < 2 * _embedding_bytes(facts) else 0
    return Need(
        weights=int((1 - on_gpu) * facts.layer_bytes) + above_layers + tied,
        cache=int((1 - on_gpu) * cache),
        buffers=PROCESS_BYTES
        + facts.vocabulary * (TOKEN_TEXT_BYTES + FLOAT_BYTES * shape.parallel)
        + (0 if shape.gpu_layers > layers else compute),
        gpu=gpu if shape.gpu_layers else 0,
    )


def cache_bytes(facts: ModelFacts, shape: Shape) -> int:
    """Keys and values of all sequences, and of the place for finished ones."""
    slots = shape.parallel + SPARE_SLOTS
    return facts.cache_per_token * ELEMENT_BYTES * shape.context * slots


def _compute_bytes(facts: ModelFacts, shape: Shape) -> int:
    """The graph's working memory, at its widest moment: the attention's scores or the vocabulary.

    llama.cpp reserves a row of the vocabulary for each token of a batch. On a GPU that is taken
    from the start; main memory is taken where it is written, by the few rows that are asked for.
    """
    is_on_gpu = shape.gpu_layers > facts.layers
    rows = shape.batch if is_on_gpu else min(shape.batch, OUTPUT_ROWS)
    vocabulary = 0 if facts.is_embedding else rows * facts.vocabulary
    scores = 0 if is_on_gpu else shape.batch * facts.heads * shape.context  # no flash attention
    return FLOAT_BYTES * (max(vocabulary, scores) + 4 * shape.batch * facts.width)


def _embedding_bytes(facts: ModelFacts) -> int:
    weight_bytes = facts.tensor_bytes / max(1, facts.parameters)
    return int(facts.vocabulary * facts.width * weight_bytes)
