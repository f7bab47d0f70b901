"""The files of a static table, as apps/retrieval/embedders/static.py reads them."""

from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from training.model_files import describe_files, write_tokenizer
from training.quantisation import Bytes, Floats

MAX_TOKENS = 512


def write_table(folder: Path, numbers: Bytes, scales: Floats, tokenizer: Tokenizer) -> None:
    """`numbers` (words, dimension) of four bits, -7 to 7; `scales` of the words, in any shape.

    Equal input gives equal bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    codes = (numbers + 8).astype(np.uint8)
    np.save(folder / "numbers.npy", codes[:, ::2] | codes[:, 1::2] << 4)
    np.save(folder / "scales.npy", scales.reshape(-1).astype(np.float16))
    write_tokenizer(folder, tokenizer)
    description = {
        "name": "Clawdbot static embedder (int4)",
        "kind": "static",
        "dimension": numbers.shape[1],
        "pooling": "mean",
        "prefix": "",
        "max_tokens": MAX_TOKENS,
        "languages": ["en", "zh"],
        "licence": "CC-BY-SA-4.0",
        "source": "distilled by training/bilingual from the Clawdbot embedder",
    }
    describe_files(folder, ("numbers.npy", "scales.npy", "tokenizer.json"), description)
