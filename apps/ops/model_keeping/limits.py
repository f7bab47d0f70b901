"""What models may take on this node, as it is now: configuration, machine, memory in use."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from apps.core.config import Config
from apps.core.sizes import parse_size
from apps.modelhub.files import path_of
from apps.modelhub.models import Model
from apps.ops.model_keeping.protocols import Memory
from apps.serving.gguf import ModelFacts
from apps.serving.hardware import Hardware
from apps.serving.plan import Plan
from apps.serving.planning import Refusal, Use, Wishes, plan
from apps.serving.wishes import wishes_of

LEAST_FREE_SHARE, LEAST_FREE_BYTES = 0.03, 200 * 10**6  # of the machine's memory, the lower


@dataclass(frozen=True, slots=True)
class Limits:
    """What plans depend on; read anew each round."""

    configuration: Config
    hardware: Hardware

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """The same, without what changes from second to second: another one, other plans."""
        machine, settings = self.hardware, self.configuration
        return (
            settings.resource, settings.serving, machine.cores, machine.physical_cores,
            machine.memory_bytes, machine.gpu_backend, *(gpu.name for gpu in machine.gpus),
        )  # fmt: skip

    @property
    def memory_bytes(self) -> int:
        """Of all processes of the node together."""
        return min(parse_size(self.configuration.resource.memory_limit), self.hardware.memory_bytes)

    def with_free(self, size_bytes: int, *, gpu_bytes: int = 0) -> "Limits":
        """As it will be once so much memory, and of the GPUs', has been given back."""
        free = min(self.hardware.memory_bytes, self.hardware.free_bytes + size_bytes)
        gpus = []
        for gpu in self.hardware.gpus:
            back = min(gpu_bytes, gpu.total_bytes - gpu.free_bytes)
            gpu_bytes -= back
            gpus.append(replace(gpu, free_bytes=gpu.free_bytes + back))
        changed = replace(self.hardware, free_bytes=free, gpus=tuple(gpus))
        return replace(self, hardware=changed)

    def shortage(self, memory: Memory, promised: int) -> str:
        """Why models have to go, in words; empty: there is room."""
        least = min(int(self.hardware.memory_bytes * LEAST_FREE_SHARE), LEAST_FREE_BYTES)
        if self.hardware.free_bytes < least:
            return f"{self.hardware.free_bytes // 10**6} MB of the machine's memory were left"
        taken = memory.node + promised
        if taken > self.memory_bytes:
            return (
                f"the node's processes took {taken // 10**6} MB of"
                f" {self.memory_bytes // 10**6} MB allowed (resource.memory_limit)"
            )
        return ""


def wishes_for(model: Model, configuration: Config, *, extra_buffers: bool) -> Wishes:
    """What the operator set, for this model."""
    wishes = wishes_of(configuration, name=model.name, file=path_of(model))
    return replace(wishes, extra_buffers=extra_buffers)


def planned(
    wishes: Wishes, facts: ModelFacts, hardware: Hardware, memory: Memory, held: Mapping[str, Plan]
) -> Plan | Refusal:
    """The plan of a model beside the `held` ones (without itself)."""
    others: Iterable[Plan] = held.values()
    return plan(
        facts,
        hardware,
        wishes,
        Use(
            node_bytes=memory.node,
            models_bytes=sum(one.memory_bytes for one in others),
            unused_bytes=sum(
                max(0, one.memory_bytes - memory.models.get(name, 0)) for name, one in held.items()
            ),
        ),
    )
