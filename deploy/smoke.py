"""Loads every compiled package of the default installation once; the last line names what fails."""

import importlib
import sys

COMPILED = (
    "numpy", "faiss", "tantivy", "onnxruntime", "tokenizers", "kreuzberg", "pypdfium2",
    "pydantic", "yaml",
)  # fmt: skip


def main() -> int:
    for name in COMPILED:
        try:
            importlib.import_module(name)
        except ImportError as error:
            print(f"{name}: {error}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
