"""How passages are found: embeddings, words, fusion, the reader."""

import os

# ONNX Runtime 1.32 tells its maker about every session unless this is set before it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
