"""Loads every compiled package of the default installation once; the last line names what fails."""

import importlib
import sys
from importlib.util import find_spec

COMPILED = (
    "numpy", "faiss", "tantivy", "onnxruntime", "tokenizers", "kreuzberg", "pypdfium2",
    "pydantic", "yaml", "reportlab.pdfgen.canvas",
)  # fmt: skip
OF_SERVING = ("llama_cpp",)  # only after `make serving`


def main() -> int:
    for name in (*COMPILED, *filter(find_spec, OF_SERVING)):
        try:
            importlib.import_module(name)
        except ImportError as error:
            print(f"{name}: {error}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
