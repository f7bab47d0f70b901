"""How wide the inputs of a network's products get, seen on real texts."""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper

from training.quantisation import Floats

Inputs = Mapping[str, npt.NDArray[np.int64]]  # what a run is given, by the names of the graph


def input_ranges(model: onnx.ModelProto, layers: int, runs: Iterable[Inputs]) -> dict[str, Floats]:
    """Greatest absolute value per channel of the tensors whose channels differ most.

    `model` is the float32 graph of training/bert_graph.
    """
    names = ["embeddings"]
    for number in range(layers):
        names += [f"layer{number}", f"layer{number}.middle", f"layer{number}.active"]
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    for name in names:
        probe.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    session = ort.InferenceSession(probe.SerializeToString(), providers=["CPUExecutionProvider"])
    ranges = {name: np.zeros(1, dtype=np.float32) for name in names}
    for inputs in runs:
        for name, values in zip(names, session.run(names, dict(inputs)), strict=True):
            ranges[name] = np.maximum(ranges[name], np.abs(values[0]).max(axis=0))
    return ranges
