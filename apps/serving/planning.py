"""How a model is loaded on this machine: threads, GPU layers, context, sequences; or why not.

Pure arithmetic over what the file says, what the machine has and what the operator wants. Each
decision has a line that says why.
"""

import math
from collections.abc import Sequence

from apps.serving.estimate import Shape, cache_bytes, need
from apps.serving.gguf import ModelFacts
from apps.serving.hardware import Hardware
from apps.serving.plan import Plan
from apps.serving.refusing import parts, refusal
from apps.serving.shapes import WANTED_CONTEXT, gpu_free, gpu_layers, shapes
from apps.serving.wishes import Refusal, Use, Wishes, room

__all__ = ["Refusal", "Use", "Wishes", "plan"]
LEAVES_ONE_FROM = 4  # cores: the web keeps one of them


def plan(facts: ModelFacts, hardware: Hardware, wishes: Wishes, in_use: Use) -> Plan | Refusal:
    """The best that fits: the wanted context first, then many sequences, then less context."""
    available, (layers, gpu_words) = (
        room(hardware, wishes, in_use),
        gpu_layers(facts, hardware, wishes),
    )
    tried, on_gpus = list(shapes(facts, wishes, layers)), gpu_free(hardware)
    costs = [need(facts, shape) for shape in tried]
    fitting = next(
        (
            shape
            for shape, cost in zip(tried, costs, strict=True)
            if cost.total <= available.free and cost.gpu <= on_gpus
        ),
        None,
    )
    if fitting is None:
        return refusal(facts, wishes, available, tried[-1], gpu_free=on_gpus)
    threads, thread_words = _threads(hardware, wishes, is_on_gpu=layers > facts.layers)
    cost = need(facts, fitting)
    return Plan(
        name=wishes.name,
        path=wishes.path,
        threads=threads,
        batch_threads=threads,
        gpu_layers=layers,
        context=fitting.context,
        parallel=fitting.parallel,
        batch=fitting.batch,
        cache_bytes=cache_bytes(facts, fitting),
        queue=wishes.queue,
        memory_bytes=cost.total,
        is_embedding=facts.is_embedding,
        extra_buffers=wishes.extra_buffers,
        gpu_bytes=cost.gpu,
        reasons=(
            f"memory: {parts(cost)}; {available.words}",
            f"threads {threads}: {thread_words}",
            f"GPU layers {layers}: {gpu_words}",
            f"context {fitting.context}: {_context_words(facts, wishes, fitting)}",
            f"parallel {fitting.parallel}: {_parallel_words(wishes, fitting, tried)}",
            *(() if wishes.extra_buffers else ("weights are not repacked: that ended it before",)),
        ),
    )


def _threads(hardware: Hardware, wishes: Wishes, *, is_on_gpu: bool) -> tuple[int, str]:
    logical = max(1, math.ceil(hardware.cores * wishes.cpu_share))
    # Twins of a core share what the arithmetic needs; on the smallest machines both are used.
    real = min(logical, hardware.physical_cores) if logical > LEAVES_ONE_FROM else logical
    told = f"{hardware.cores:g} cores, {wishes.cpu_share:.0%} allowed"
    if wishes.threads:
        return wishes.threads, f"serving.threads ({told})"
    if is_on_gpu:
        return min(real, LEAVES_ONE_FROM), "the GPU computes"
    if real >= LEAVES_ONE_FROM:
        return real - 1, f"{told}, one is left to the other processes"
    return real, f"{told}; the model gives way to the other processes (nice)"


def _context_words(facts: ModelFacts, wishes: Wishes, shape: Shape) -> str:
    if wishes.context:
        return "serving.context" + (
            "" if wishes.context <= shape.context else ", but the model was trained on no more"
        )
    if shape.context >= WANTED_CONTEXT:
        return "8 passages, question and answer"
    if shape.context == facts.context_length:
        return "the model was trained on no more"
    return f"{WANTED_CONTEXT} do not fit"


def _parallel_words(wishes: Wishes, shape: Shape, shapes: Sequence[Shape]) -> str:
    if wishes.parallel:
        return "serving.parallel"
    most = max(one.parallel for one in shapes)
    return "the most useful here" if shape.parallel == most else f"{most} do not fit"
