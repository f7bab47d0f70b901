"""The ONNX graphs of our BERTs: the sentence embedder and the reader.

Written node by node, because what is fused decides the speed (figures: training/README.md). There
is no attention mask: a run takes texts with the same number of tokens, usually one text, so that
nothing is padded and no vector depends on its neighbours.
"""

from collections.abc import Mapping

import numpy as np
import onnx
from onnx import TensorProto, helper

from training.graph_nodes import CONTRIB, Graph, Int8, Shape
from training.quantisation import Floats, quantise

__all__ = ["Int8", "Shape", "build", "build_reader"]

_Linear = tuple[Floats, Floats]  # weight (inputs, outputs), bias


def build(weights: Mapping[str, Floats], shape: Shape, int8: Int8 | None) -> onnx.ModelProto:
    """`input_ids` (texts, tokens) int64 to `embedding` (texts, hidden) float32, rows of length 1.

    float32 weights without `int8`. `weights` are named as in Hugging Face's BertModel.
    """
    graph = Graph(weights, shape, int8)
    x = _encoder(graph, _first_type(graph))
    mean = graph.node("ReduceMean", [x], "mean", axes=[1], keepdims=0)
    graph.node("LpNormalization", [mean], "embedding", axis=-1, p=2)
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])
    out = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["texts", shape.hidden])
    return graph.model("sentence_embedder", [ids], [out])


def build_reader(weights: Mapping[str, Floats], shape: Shape, int8: Int8 | None) -> onnx.ModelProto:
    """`input_ids` and `token_types` int64 (1, tokens) to `relevance` and `spans`, both float32.

    `relevance` (1,) is a logit; `spans` (tokens, 2) are logits of the answer's start and end.
    `weights` are named as in training/bilingual/network.Reader; the heads stay float32.
    """
    bert = {name.removeprefix("bert."): value for name, value in weights.items()}
    graph = Graph(bert, shape, int8)
    x = _encoder(graph, _given_types(graph))
    rows = graph.node("Squeeze", [x, graph.constant("one_text", np.array([0]))], "hidden")
    _head(graph, rows, "spans", "span")
    first = graph.node("Gather", [rows, graph.constant("first", np.array([0]))], "first_row")
    pooled = graph.node("Tanh", [_head(graph, first, "pool", "relevance.0")], "pooled")
    logit = _head(graph, pooled, "relevance_row", "relevance.2")
    graph.node("Squeeze", [logit, graph.constant("one_logit", np.array([1]))], "relevance")
    made = helper.make_tensor_value_info
    inputs = [made(n, TensorProto.INT64, [1, "tokens"]) for n in ("input_ids", "token_types")]
    relevance = made("relevance", TensorProto.FLOAT, [1])
    spans = made("spans", TensorProto.FLOAT, ["tokens", 2])
    return graph.model("reader", inputs, [relevance, spans])


def _head(graph: Graph, x: str, name: str, source: str) -> str:
    weight, bias = _linear(graph, source)
    inputs = [x, graph.half(f"{name}.weight", weight), graph.constant(f"{name}.bias", bias)]
    return graph.node("Gemm", inputs, name)


def _first_type(graph: Graph) -> str:
    """Where all tokens have type 0: positions and type are one table."""
    first_type = graph.weights["embeddings.token_type_embeddings.weight"][0]
    return _places(graph, _positions(graph) + first_type)


def _given_types(graph: Graph) -> str:
    table = graph.constant("types", graph.weights["embeddings.token_type_embeddings.weight"])
    types = graph.node("Gather", [table, "token_types"], "types.rows")
    return graph.node("Add", [_places(graph, _positions(graph)), types], "places_and_types")


def _positions(graph: Graph) -> Floats:
    return graph.weights["embeddings.position_embeddings.weight"][: graph.shape.max_tokens]


def _places(graph: Graph, rows: Floats) -> str:
    """The first `rows`, as many as there are tokens."""
    table = graph.half("positions", rows)
    start = graph.constant("start", np.array([0], dtype=np.int64))
    length = graph.node("Shape", ["input_ids"], "length", start=1, end=2)
    return graph.node("Slice", [table, start, length], "places")


def _encoder(graph: Graph, added: str) -> str:
    """Hidden states of all layers in turn; `added`: what is added to the words."""
    total = graph.node("Add", [_words(graph), added], "embeddings.sum")
    x = graph.normalise(total, "embeddings", "embeddings.LayerNorm")
    for number in range(graph.shape.layers):
        x = _layer(graph, x, number)
    return x


def _words(graph: Graph) -> str:
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


def _layer(graph: Graph, x: str, number: int) -> str:
    source, name = f"encoder.layer.{number}", f"layer{number}"
    attended = _attention(graph, x, f"{source}.attention", f"{name}.attention")
    total = graph.node("Add", [x, attended], f"{name}.attention.sum")
    x = graph.normalise(total, f"{name}.middle", f"{source}.attention.output.LayerNorm")
    wide = _linear(graph, f"{source}.intermediate.dense")
    narrow = _linear(graph, f"{source}.output.dense")
    total = graph.node("Add", [x, _feed_forward(graph, x, name, wide, narrow)], f"{name}.sum")
    return graph.normalise(total, name, f"{source}.output.LayerNorm")


def _feed_forward(graph: Graph, x: str, name: str, wide: _Linear, narrow: _Linear) -> str:
    """The few widest channels apart in float32: they would take all steps of the one scale."""
    if graph.int8 is None or not graph.int8.few:
        active = graph.node(
            "Gelu", [graph.dense(x, f"{name}.wide", *wide)], f"{name}.active", domain=CONTRIB
        )
        return graph.dense(active, f"{name}.narrow", *narrow)
    order = np.argsort(-graph.int8.ranges[f"{name}.active"], kind="stable")
    few, many = (np.sort(part) for part in np.split(order, [graph.int8.few]))
    inner = graph.dense(x, f"{name}.wide", wide[0][:, many], wide[1][many])
    active = graph.node("Gelu", [inner], f"{name}.many", domain=CONTRIB)
    most = graph.dense(active, f"{name}.narrow", narrow[0][many], narrow[1])
    weight = graph.half(f"{name}.few.weight", wide[0][:, few])
    product = graph.node("MatMul", [x, weight], f"{name}.few.product")
    bias = graph.constant(f"{name}.few.bias", wide[1][few])
    inner = graph.node("Add", [product, bias], f"{name}.few.sum")
    active = graph.node("Gelu", [inner], f"{name}.few", domain=CONTRIB)
    back = graph.half(f"{name}.few.back", narrow[0][few])
    rest = graph.node("MatMul", [active, back], f"{name}.few.narrow")
    return graph.node("Add", [most, rest], f"{name}.all")


def _attention(graph: Graph, x: str, source: str, name: str) -> str:
    """Query, key and value in one product; a fused operator does the rest."""
    parts = [_linear(graph, f"{source}.self.{part}") for part in ("query", "key", "value")]
    weight = np.concatenate([weight for weight, _ in parts], axis=1)
    bias = np.concatenate([bias for _, bias in parts])
    attend = _float_attention if graph.int8 is None else _int8_attention
    mixed = attend(graph, x, name, weight, bias)
    return graph.dense(mixed, name, *_linear(graph, f"{source}.output.dense"))


def _float_attention(graph: Graph, x: str, name: str, weight: Floats, bias: Floats) -> str:
    joined = graph.dense(x, f"{name}.qkv", weight, bias)
    sizes = graph.constant(f"{name}.sizes", np.array([graph.shape.hidden] * 3, dtype=np.int64))
    heads = [f"{name}.query", f"{name}.key", f"{name}.value"]
    graph.nodes.append(helper.make_node("Split", [joined, sizes], heads, f"{name}.split", axis=2))
    return graph.node(
        "MultiHeadAttention", heads, f"{name}.mixed", domain=CONTRIB, num_heads=graph.shape.heads
    )


def _int8_attention(graph: Graph, x: str, name: str, weight: Floats, bias: Floats) -> str:
    assert graph.int8 is not None
    x, numbers, scale = graph.quantised(x, f"{name}.qkv", weight, graph.int8)
    given = [f"{name}.qkv.{part}" for part in ("numbers", "step", "zero")]
    graph.nodes.append(helper.make_node("DynamicQuantizeLinear", [x], given, f"{name}.quantised"))
    shift = graph.constant(f"{name}.qkv.bias", bias)
    return graph.node(
        "QAttention",
        [given[0], numbers, shift, given[1], scale, "", given[2]],
        f"{name}.mixed",
        domain=CONTRIB,
        num_heads=graph.shape.heads,
    )


def _linear(graph: Graph, name: str) -> _Linear:
    return graph.weights[f"{name}.weight"].T, graph.weights[f"{name}.bias"]
