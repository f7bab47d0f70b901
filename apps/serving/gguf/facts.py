"""What the header of a model says about it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Self

from apps.serving.errors import ModelUnusable
from apps.serving.gguf import layout

if TYPE_CHECKING:
    from apps.serving.gguf.header import Header

MAX_SIZE = 2**24  # of any dimension that a model describes itself by
EMBEDDERS = frozenset({"t5encoder", "gemma-embedding"})  # beside those with "bert" in the name
NO_LANGUAGE_MODELS = frozenset({"clip", "mmproj", "adapter", "imatrix"})


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """Sizes in elements unless a name says otherwise; what a model lacks is 0 or empty."""

    architecture: str
    name: str
    parameters: int
    layers: int
    width: int  # of its embeddings
    heads: int
    kv_heads: int  # of the layer that has most
    key_length: int  # of one head
    value_length: int
    cache_per_token: int  # keys and values of all layers that keep any
    context_length: int  # tokens that it was trained on
    vocabulary: int
    quantisation: str
    tensor_bytes: int
    layer_bytes: int  # of the tensors that belong to layers (what a GPU can take layer by layer)
    experts: int
    is_embedding: bool
    has_chat_template: bool
    licence: str

    def to_json(self) -> dict[str, Any]:
        """For a row or a plan; `from_json` reads it."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Facts kept by `to_json`; unknown keys are passed over. Raises KeyError: one lacks."""
        return cls(**{field.name: data[field.name] for field in fields(cls)})


def facts_of(header: "Header") -> ModelFacts:
    """The facts. Raises ModelUnusable where the file is no whole language model."""
    architecture = _architecture(header)
    sizes = _Sizes(header, architecture)
    layers, width = sizes.needed("block_count"), sizes.needed("embedding_length")
    heads = max(sizes.per_layer("attention.head_count", layers), default=0)
    kv_heads = sizes.per_layer("attention.head_count_kv", layers) or (heads,) * layers
    head_length = width // heads if heads else 0
    key_length = sizes.one("attention.key_length") or head_length
    value_length = sizes.one("attention.value_length") or head_length
    return ModelFacts(
        architecture=architecture,
        name=header.text("general.name"),
        parameters=sum(tensor.elements for tensor in header.tensors),
        layers=layers,
        width=width,
        heads=heads,
        kv_heads=max(kv_heads, default=0),
        key_length=key_length,
        value_length=value_length,
        cache_per_token=sum(kv_heads) * (key_length + value_length),
        context_length=sizes.needed("context_length"),
        vocabulary=_vocabulary(header, sizes),
        quantisation=_quantisation(header),
        tensor_bytes=sum(tensor.size_bytes for tensor in header.tensors),
        layer_bytes=sum(t.size_bytes for t in header.tensors if t.name.startswith("blk.")),
        experts=sizes.one("expert_count"),
        is_embedding=_is_embedding(header, architecture, sizes),
        has_chat_template=bool(header.text("tokenizer.chat_template")),
        licence=header.text("general.license") or header.text("general.license.name"),
    )


def _architecture(header: "Header") -> str:
    architecture = header.text("general.architecture")
    kind = header.text("general.type")
    if not architecture or len(architecture) > 50 or not architecture.isprintable():
        raise ModelUnusable("The file does not say which architecture its model has.")
    if {architecture, kind} & NO_LANGUAGE_MODELS:
        raise ModelUnusable(
            f"The file holds no language model but something beside one ({kind or architecture})."
        )
    parts = header.numbers("split.count")
    if parts and parts[0] > 1:
        raise ModelUnusable(
            f"The file is one of {int(parts[0])} parts of a model. Merge them first, with"
            " `llama-gguf-split --merge FIRST-PART WHOLE.gguf`, and add the whole."
        )
    if not header.tensors:
        raise ModelUnusable("The file holds no weights.")
    return architecture


class _Sizes:
    """The numbers under the architecture's own prefix."""

    def __init__(self, header: "Header", architecture: str) -> None:
        self._header, self._prefix = header, architecture

    def needed(self, name: str) -> int:
        size = self.one(name)
        if size < 1:
            raise ModelUnusable(f"The file is damaged: it lacks {self._prefix}.{name}.")
        return size

    def one(self, name: str) -> int:
        return max(self._all(name), default=0)

    def per_layer(self, name: str, layers: int) -> tuple[int, ...]:
        """For each layer; a model may say it once for all."""
        sizes = self._all(name)
        return tuple(sizes) * layers if len(sizes) == 1 else tuple(sizes)[:layers]

    def _all(self, name: str) -> Sequence[int]:
        key = f"{self._prefix}.{name}"
        sizes = self._header.numbers(key)
        if not all(isinstance(size, int) and 0 <= size <= MAX_SIZE for size in sizes):
            raise ModelUnusable(f"The file is damaged: {key} cannot be {sizes[0]}.")
        return [int(size) for size in sizes]


def _vocabulary(header: "Header", sizes: _Sizes) -> int:
    return header.lengths.get("tokenizer.ggml.tokens", 0) or sizes.one("vocab_size")


def _quantisation(header: "Header") -> str:
    number = next(iter(header.numbers("general.file_type")), -1)
    named = layout.FILE_TYPES.get(int(number) & ~layout.GUESSED_FILE_TYPE) if number >= 0 else None
    if named:
        return named
    weights: Counter[str] = Counter()
    for tensor in header.tensors:
        weights[tensor.kind] += tensor.size_bytes
    return weights.most_common(1)[0][0]


def _is_embedding(header: "Header", architecture: str, sizes: _Sizes) -> bool:
    is_bidirectional = header.values.get(f"{architecture}.attention.causal") is False
    is_known = "bert" in architecture or architecture in EMBEDDERS
    return is_known or is_bidirectional or sizes.one("pooling_type") > 0
