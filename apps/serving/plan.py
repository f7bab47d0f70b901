"""What a model server is told to be: which file, with how many threads, sequences and layers."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Self


@dataclass(frozen=True, slots=True)
class Plan:
    """A model as it is to be loaded. Decided by `planning`, kept to by the model's process."""

    name: str  # what clients call it
    path: str  # of the GGUF file, absolute
    threads: int  # while answers are written, one token of each sequence a step
    batch_threads: int  # while prompts are read
    gpu_layers: int  # 0: none; all of them counts the output layer, so layers + 1
    context: int  # tokens of one sequence: prompt and answer
    parallel: int  # sequences at once
    batch: int  # tokens a step may read
    cache_bytes: int  # of keys and values, all sequences
    queue: int  # requests that may wait
    memory_bytes: int  # expected use of main memory, the file's pages included
    is_embedding: bool = False
    extra_buffers: bool = True  # weights repacked for this processor: faster, a second copy
    gpu_bytes: int = 0  # expected use of the GPU's memory
    reasons: tuple[str, ...] = ()  # one line for each decision

    def to_json(self) -> str:
        """The plan as the file that `python -m apps.serving --plan` reads."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote. Raises ValueError: no plan, or fields missing or unknown."""
        found = json.loads(text)
        if not isinstance(found, dict):
            raise ValueError("a plan is an object with named fields")
        known = {field.name for field in fields(cls)}
        if unknown := sorted(set(found) - known):
            raise ValueError(f"a plan has no field {unknown[0]!r}")
        try:
            return cls(**(found | {"reasons": tuple(found.get("reasons", ()))}))
        except TypeError as error:
            raise ValueError(f"not a plan: {error}") from error
