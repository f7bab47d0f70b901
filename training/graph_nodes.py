"""One node after another of an ONNX graph, in float32 or with 8-bit products."""

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
CONTRIB = "com.microsoft"


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the network, as in its config.json; `max_tokens` of one text."""

    layers: int
    heads: int
    hidden: int
    max_tokens: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Int8:
    """How to quantise. `ranges`: name of a tensor -> greatest absolute value per channel.

    `few`: of the channels between the two products of a layer the widest, which stay float32.
    """

    ranges: Mapping[str, Floats]
    strength: float
    bits: int
    few: int = 0


@dataclass(slots=True)
class Graph:
    """What was added so far. Methods return the name of the tensor they make."""

    weights: Mapping[str, Floats]
    shape: Shape
    int8: Int8 | None
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, name: str, value: npt.NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def half(self, name: str, value: Floats) -> str:
        """A float32 constant that an INT8 model stores in 16 bits, as checkpoints are; the runtime
        widens it when it loads."""
        if self.int8 is None:
            return self.constant(name, value)
        stored = self.constant(f"{name}.half", value.astype(np.float16))
        return self.node("Cast", [stored], name, to=TensorProto.FLOAT)

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
        x, numbers, scale = self.quantised(x, name, weight, self.int8)
        return self.node(
            "DynamicQuantizeMatMul", [x, numbers, scale, "", shift], name, domain=CONTRIB
        )

    def quantised(self, x: str, name: str, weight: Floats, int8: Int8) -> tuple[str, str, str]:
        """The input, equalised where its ranges are known; the weight's numbers and scales."""
        if x in int8.ranges:
            factors = equalising_factors(int8.ranges[x], weight, strength=int8.strength)
            x = self.node("Mul", [x, self.constant(f"{name}.equal", 1 / factors)], f"{name}.input")
            weight = weight * factors[:, None]
        numbers, scales = quantise(weight, axis=0, bits=int8.bits)
        quantised = self.constant(f"{name}.weight", numbers)
        return x, quantised, self.constant(f"{name}.scale", scales.reshape(-1))

    def model(
        self, name: str, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]
    ) -> onnx.ModelProto:
        """All that was added, with the outputs among it."""
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)]
        return helper.make_model(
            helper.make_graph(self.nodes, name, inputs, outputs, self.constants),
            opset_imports=opsets,
            ir_version=IR_VERSION,
        )
