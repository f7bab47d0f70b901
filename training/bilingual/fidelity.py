"""How near a quantised model stays to the float32 one, on texts that it was not quantised by."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort

from training.bilingual.calibration_texts import Row
from training.quantisation import Floats

LONGEST_ANSWER = 40  # tokens


def embedder_fidelity(
    exact: onnx.ModelProto, quantised: onnx.ModelProto, texts: Sequence[Sequence[int]]
) -> dict[str, float]:
    """Greatest and mean difference of a number in the vectors, lowest and mean cosine."""
    sessions = _session(exact), _session(quantised)
    vectors = [
        np.concatenate([one.run(None, {"input_ids": np.array([ids])})[0] for ids in texts])
        for one in sessions
    ]
    cosines = (vectors[0] * vectors[1]).sum(1)
    return _differences(*vectors) | {
        "lowest cosine": float(cosines.min()),
        "mean cosine": float(cosines.mean()),
    }


def reader_fidelity(
    exact: onnx.ModelProto, quantised: onnx.ModelProto, rows: Sequence[Row]
) -> dict[str, float]:
    """Of the span logits greatest and mean difference; share of equal best spans; correlation of
    relevance."""
    sessions = _session(exact), _session(quantised)
    found = [[one.run(["relevance", "spans"], row.inputs) for row in rows] for one in sessions]
    relevance = [np.concatenate([one[0] for one in answers]) for answers in found]
    spans = [np.concatenate([one[1] for one in answers]) for answers in found]
    best = [
        [best_span(one[1], row) for one, row in zip(answers, rows, strict=True)]
        for answers in found
    ]
    equal = [a == b for a, b in zip(*best, strict=True)]
    return _differences(*spans) | {
        "equal best spans": float(np.mean(equal)),
        "correlation of relevance": float(np.corrcoef(*relevance)[0, 1]),
        "greatest of relevance": float(np.abs(relevance[0] - relevance[1]).max()),
    }


def best_span(logits: Floats, row: Row) -> tuple[int, int]:
    """First and last token of the body's span with the greatest sum of logits."""
    starts, ends = logits[row.body : -1, 0], logits[row.body : -1, 1]
    sums = starts[:, None] + ends[None, :]
    distance = np.arange(len(ends))[None, :] - np.arange(len(starts))[:, None]
    sums = np.where((distance >= 0) & (distance < LONGEST_ANSWER), sums, -np.inf)
    first, last = np.unravel_index(int(sums.argmax()), sums.shape)
    return int(first), int(last)


def _differences(exact: npt.NDArray[np.float32], quantised: Floats) -> dict[str, float]:
    difference = np.abs(exact - quantised)
    return {"greatest": float(difference.max()), "mean": float(difference.mean())}


def _session(model: onnx.ModelProto) -> ort.InferenceSession:
    return ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
