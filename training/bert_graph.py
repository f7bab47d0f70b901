"""The ONNX graph of a BERT sentence embedder: texts of one length in, unit vectors out.

Written node by node, because what is fused decides the speed (figures: training/README.md). There
is no attention mask: a run takes texts with the same number of tokens, usually one text, so that
nothing is padded and no vector depends on its neighbours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from training.quantisation import Floats, equalising_factors, quantise

OPSET = 17
IR_VERSION = 8  # of ONNX 1.12, which brought opset 17; read by every ONNX Runtime since 1.12
_CONTRIB = "com.microsoft"


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the network, as in its config.json."""

    layers: int
    heads: int
    hidden: int
    max_tokens: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Int8:
    """How to quantise. `ranges`: name of a tensor -> greatest absolute value per channel."""

    ranges: Mapping[str, Floats]
    strength: float
    bits: int


@dataclass(slots=True)
class _Graph:
    """What was added so far. Methods return the name of the tensor they make."""

    weights: Mapping[str, Floats]
    shape: Shape
    int8: Int8 | None
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, name: str, value: npt.NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, op: str, inputs: list[str], name: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name

    def normalise(self, x: str, name: str, weights: str) -> str:
        """Not SkipLayerNormalization, which is eight times slower than sum and normalisation."""
        gain = self.constant(f"{name}.gain", self.weights[f"{weights}.weight"])
        shift = self.constant(f"{name}.shift", self.weights[f"{weights}.bias"])
        return self.node(
            "LayerNormalization", [x, gain, shift], name, axis=-1, epsilon=self.shape.epsilon
        )

    def dense(self, x: str, name: str, weight: Floats, bias: Floats) -> str:
        """x @ weight + bias."""
        shift = self.constant(f"{name}.bias", bias)
        if self.int8 is None:
            product = self.node(
                "MatMul", [x, self.constant(f"{name}.weight", weight)], f"{name}.product"
            )
            return self.node("Add", [product, shift], name)
        if x in self.int8.ranges:
            factors = equalising_factors(self.int8.ranges[x], weight, strength=self.int8.strength)
            x = self.node("Mul", [x, self.constant(f"{name}.equal", 1 / factors)], f"{name}.input")
            weight = weight * factors[:, None]
        numbers, scales = quantise(weight, axis=0, bits=self.int8.bits)
        quantised = self.constant(f"{name}.weight", numbers)
        scale = self.constant(f"{name}.scale", scales.reshape(-1))
        return self.node(
            "DynamicQuantizeMatMul", [x, quantised, scale, "", shift], name, domain=_CONTRIB
        )


def build(weights: Mapping[str, Floats], shape: Shape, int8: Int8 | None) -> onnx.ModelProto:
    """`input_ids` (texts, tokens) int64 to `embedding` (texts, hidden) float32, rows of length 1.

    float32 weights without `int8`. `weights` are named as in Hugging Face's BertModel.
    """
    graph = _Graph(weights, shape, int8)
    x = _embeddings(graph)
    for number in range(shape.layers):
        x = _layer(graph, x, number)
    mean = graph.node("ReduceMean", [x], "mean", axes=[1], keepdims=0)
    graph.node("LpNormalization", [mean], "embedding", axis=-1, p=2)
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])
    out = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["texts", shape.hidden])
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(_CONTRIB, 1)]
    return helper.make_model(
        helper.make_graph(graph.nodes, "sentence_embedder", [ids], [out], graph.constants),
        opset_imports=opsets,
        ir_version=IR_VERSION,
    )


def _embeddings(graph: _Graph) -> str:
    positions = graph.weights["embeddings.position_embeddings.weight"][: graph.shape.max_tokens]
    first_type = graph.weights["embeddings.token_type_embeddings.weight"][0]  # the only one used
    table = graph.constant("positions", positions + first_type)
    start = graph.constant("start", np.array([0], dtype=np.int64))
    length = graph.node("Shape", ["input_ids"], "length", start=1, end=2)
    places = graph.node("Slice", [table, start, length], "places")
    total = graph.node("Add", [_words(graph), places], "embeddings.sum")
    return graph.normalise(total, "embeddings", "embeddings.LayerNorm")


def _words(graph: _Graph) -> str:
    table = graph.weights["embeddings.word_embeddings.weight"]
    if graph.int8 is None:
        return graph.node("Gather", [graph.constant("vocabulary", table), "input_ids"], "words")
    numbers, scales = quantise(table, axis=1)
    rows = graph.node("Gather", [graph.constant("vocabulary", numbers), "input_ids"], "words.rows")
    scale = graph.node(
        "Gather", [graph.constant("vocabulary.scale", scales), "input_ids"], "words.scale"
    )
    floats = graph.node("Cast", [rows], "words.floats", to=TensorProto.FLOAT)
    return graph.node("Mul", [floats, scale], "words")


def _layer(graph: _Graph, x: str, number: int) -> str:
    source, name = f"encoder.layer.{number}", f"layer{number}"
    attended = _attention(graph, x, f"{source}.attention", f"{name}.attention")
    total = graph.node("Add", [x, attended], f"{name}.attention.sum")
    x = graph.normalise(total, f"{name}.middle", f"{source}.attention.output.LayerNorm")
    wide = graph.dense(x, f"{name}.wide", *_linear(graph, f"{source}.intermediate.dense"))
    active = graph.node("Gelu", [wide], f"{name}.active", domain=_CONTRIB)
    narrow = graph.dense(active, f"{name}.narrow", *_linear(graph, f"{source}.output.dense"))
    total = graph.node("Add", [x, narrow], f"{name}.sum")
    return graph.normalise(total, name, f"{source}.output.LayerNorm")


def _attention(graph: _Graph, x: str, source: str, name: str) -> str:
    """Query, key and value in one product; the fused operator does the rest."""
    parts = [_linear(graph, f"{source}.self.{part}") for part in ("query", "key", "value")]
    weight = np.concatenate([weight for weight, _ in parts], axis=1)
    joined = graph.dense(x, f"{name}.qkv", weight, np.concatenate([bias for _, bias in parts]))
    sizes = graph.constant(f"{name}.sizes", np.array([graph.shape.hidden] * 3, dtype=np.int64))
    heads = [f"{name}.query", f"{name}.key", f"{name}.value"]
    graph.nodes.append(helper.make_node("Split", [joined, sizes], heads, f"{name}.split", axis=2))
    mixed = graph.node(
        "MultiHeadAttention", heads, f"{name}.mixed", domain=_CONTRIB, num_heads=graph.shape.heads
    )
    return graph.dense(mixed, name, *_linear(graph, f"{source}.output.dense"))


def _linear(graph: _Graph, name: str) -> tuple[Floats, Floats]:
    return graph.weights[f"{name}.weight"].T, graph.weights[f"{name}.bias"]
