"""What may be tried for a model, the best first; and what of it a GPU takes."""

from collections.abc import Iterator, Sequence

from apps.serving.estimate import GPU_CONTEXT_BYTES, Shape, need
from apps.serving.gguf import ModelFacts
from apps.serving.hardware import Hardware
from apps.serving.wishes import Wishes, gigabytes

# Eight passages of about 250 tokens, instructions, question, history, and room for the answer.
WANTED_CONTEXT = 4096
CONTEXTS = (WANTED_CONTEXT, 3072, 2048)
SEQUENCES = (8, 6, 4, 3, 2, 1)
GPU_SEQUENCES = (32, 24, 16, 12, *SEQUENCES)
CPU_BATCHES, GPU_BATCHES = (512, 256), (2048, 512)
LEAST_BATCH = 128
GPU_SEQUENCES_LEAST = 4  # layers stay off the GPU rather than fewer


def shapes(facts: ModelFacts, wishes: Wishes, layers: int) -> Iterator[Shape]:
    """Context comes first, then sequences; smaller batches cost little, so they give way early."""
    is_on_gpu = layers > facts.layers
    for context in contexts(facts, wishes):
        for parallel in sequences(wishes, is_on_gpu=is_on_gpu):
            for batch in GPU_BATCHES if is_on_gpu else CPU_BATCHES:
                yield Shape(context, parallel, batch, layers)
    yield Shape(contexts(facts, wishes)[-1], wishes.parallel or 1, LEAST_BATCH, layers)


def contexts(facts: ModelFacts, wishes: Wishes) -> Sequence[int]:
    """Tokens of one sequence, the most first; never more than the model was trained on."""
    trained = facts.context_length or WANTED_CONTEXT
    if wishes.context:
        return (min(wishes.context, trained),)
    return tuple(dict.fromkeys(min(context, trained) for context in CONTEXTS))


def sequences(wishes: Wishes, *, is_on_gpu: bool) -> Sequence[int]:
    """How many at once, the most first."""
    if wishes.parallel:
        return (wishes.parallel,)
    return GPU_SEQUENCES if is_on_gpu else SEQUENCES


def gpu_layers(facts: ModelFacts, hardware: Hardware, wishes: Wishes) -> tuple[int, str]:
    """As many as fit beside their share of the cache, for four sequences at least."""
    if wishes.gpu_layers == 0:
        return 0, "serving.gpu_layers is 0"
    if not hardware.gpus:
        return 0, "no GPU is seen (NVIDIA's driver, and pynvml)"
    names = ", ".join(gpu.name for gpu in hardware.gpus)
    if not hardware.gpu_backend:
        return 0, (f"{names} is not used: llama.cpp was built without it (see docs/operations.md)")
    free, everything = gpu_free(hardware), facts.layers + 1
    if wishes.gpu_layers > 0:
        return min(wishes.gpu_layers, everything), "serving.gpu_layers"
    context = contexts(facts, wishes)[0]
    for layers in range(everything, 0, -1):
        batch = (GPU_BATCHES if layers == everything else CPU_BATCHES)[-1]
        shape = Shape(context, wishes.parallel or GPU_SEQUENCES_LEAST, batch, layers)
        if need(facts, shape).gpu <= free:
            word = "all" if layers == everything else f"of {everything}"
            return layers, f"{word} fit into {gigabytes(free)} free on {names}"
    least = gigabytes(need(facts, Shape(context, 1, LEAST_BATCH, 1)).gpu - GPU_CONTEXT_BYTES)
    return 0, f"a layer needs {least} on {names}, {gigabytes(free)} are free"


def gpu_free(hardware: Hardware) -> int:
    """Bytes of all GPUs together: llama.cpp spreads layers over them."""
    return sum(gpu.free_bytes for gpu in hardware.gpus)
