"""Eight-bit weights: symmetric, one scale per output channel or table row, inputs equalised."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.int8]


def quantise(weights: Floats, *, axis: int, bits: int = 8) -> tuple[Bytes, Floats]:
    """`weights` as whole numbers of `bits` bits, and the scale of each slice along `axis`.

    `weights == numbers * scales` within half a scale; `scales` keeps `axis` with length 1.
    """
    top = 2 ** (bits - 1) - 1
    scales = np.maximum(np.abs(weights).max(axis=axis, keepdims=True) / top, 1e-12)
    numbers = np.clip(np.rint(weights / scales), -top, top)
    return numbers.astype(np.int8), scales.astype(np.float32)


def equalising_factors(ranges: Floats, weights: Floats, *, strength: float) -> Floats:
    """What to divide each input channel of a product by, and multiply its weights by.

    `ranges` (channels,) are the greatest absolute inputs seen, `weights` has shape (channels,
    outputs). A few channels of a BERT are twenty times wider than the others and would take all
    steps of the one scale that the runtime gives the whole input; this moves part of that width
    (`strength`, 0 to 1) into the weights, which have many scales. The product stays the same.

    Source: Xiao et al., SmoothQuant, ICML 2023, equation 4.
    """
    wide = np.maximum(ranges, 1e-5) ** strength
    factors = wide / np.maximum(np.abs(weights).max(axis=1), 1e-5) ** (1 - strength)
    return (factors / np.exp(np.log(factors).mean())).astype(np.float32)
