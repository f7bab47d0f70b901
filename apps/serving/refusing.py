"""Why a model is not loaded, with the arithmetic, and what would fit instead."""

import math
from dataclasses import replace

from apps.serving.estimate import Need, Shape, need
from apps.serving.gguf import ModelFacts
from apps.serving.wishes import Refusal, Room, Wishes, gigabytes

Q4_WEIGHT_BYTES = 4.5 / 8  # of Q4_0: 4 bits and a scale for each 32
STEP = 10**8


def refusal(
    facts: ModelFacts, wishes: Wishes, room: Room, least: Shape, *, gpu_free: int
) -> Refusal:
    """The arithmetic of the least that was tried, and what would fit instead."""
    cost = need(facts, least)
    if cost.total <= room.free:  # it is the GPU that cannot take it
        sentence = (
            f"needs {gigabytes(cost.gpu)} of the GPU's memory for {least.gpu_layers} layers,"
            f" {gigabytes(gpu_free)} are free; serving.gpu_layers: -1 takes as many as fit"
        )
        return Refusal(wishes.name, cost.gpu, gpu_free, sentence)
    sentence = f"{parts(cost)}; {room.words}"
    if advice := _would_fit(facts, wishes, room, least):
        sentence += f"; {advice}"
    return Refusal(wishes.name, cost.total, room.free, sentence)


def _would_fit(facts: ModelFacts, wishes: Wishes, room: Room, least: Shape) -> str:
    found = [
        f"a context of {context}"
        for context in (8192, 4096, 2048, 1024)
        if context < least.context
        and need(facts, replace(least, context=context)).total <= room.free
    ][:1]
    if wishes.parallel > 1 and need(facts, replace(least, parallel=1)).total <= room.free:
        found.append("serving.parallel 1")
    lighter = int(facts.parameters * Q4_WEIGHT_BYTES)
    cost = need(facts, least).total - facts.tensor_bytes + lighter
    if lighter < 0.9 * facts.tensor_bytes and cost <= room.free:
        found.append(f"the Q4_0 file ({gigabytes(lighter)})")
    if found:
        return " or ".join(found) + " would fit"
    if room.is_machine_full:
        return f"stop programs that hold {gigabytes(need(facts, least).total - room.free)}"
    enough = math.ceil((room.allowed - room.free + need(facts, least).total) / STEP) * STEP
    return f"a resource.memory_limit of {enough / 10**9:.1f}GB would do"


def parts(cost: Need) -> str:
    """What is needed, and for what."""
    return (
        f"needs {gigabytes(cost.total)} (weights {gigabytes(cost.weights)},"
        f" cache {gigabytes(cost.cache)}, buffers {gigabytes(cost.buffers)})"
    )
