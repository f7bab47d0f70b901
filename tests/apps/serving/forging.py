"""GGUF files by the byte, right ones and forged ones."""

import struct
from pathlib import Path

UINT32, FLOAT, BOOL, STRING, ARRAY, UINT64 = 4, 6, 7, 8, 9, 10
F32, Q4_0 = 0, 2
LLAMA = {
    "general.architecture": (STRING, "llama"),
    "llama.block_count": (UINT32, 1),
    "llama.embedding_length": (UINT32, 32),
    "llama.context_length": (UINT32, 128),
    "llama.attention.head_count": (UINT32, 4),
}
TENSORS = (("token_embd.weight", (32, 2), F32, 0), ("blk.0.attn_q.weight", (32, 4), Q4_0, 256))
DATA_BYTES = 256 + 4 * 18
FORMATS = {UINT32: "<I", FLOAT: "<f", BOOL: "<B", UINT64: "<Q"}


def text(value: str | bytes) -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(raw)) + raw


def value(kind: int, content) -> bytes:
    if kind == STRING:
        return text(content)
    if kind == ARRAY:
        inner, items = content
        head = struct.pack("<IQ", inner, len(items))
        return head + b"".join(value(inner, item) for item in items)
    return struct.pack(FORMATS[kind], content)


def pair(key: str, kind: int, content) -> bytes:
    return text(key) + struct.pack("<I", kind) + value(kind, content)


def tensor(name: str, shape: tuple[int, ...], kind: int, offset: int) -> bytes:
    sizes = struct.pack(f"<{len(shape)}Q", *shape)
    return text(name) + struct.pack("<I", len(shape)) + sizes + struct.pack("<IQ", kind, offset)


def gguf(
    *, version=3, pairs=None, tensors=None, tensor_count=None, key_count=None, data=DATA_BYTES,
    more=None,
) -> bytes:  # fmt: skip
    """A whole file. `more`: keys beside LLAMA's; `pairs` and `tensors`: bytes in their place."""
    if pairs is None:
        pairs = [pair(key, *content) for key, content in (LLAMA | (more or {})).items()]
    if tensors is None:
        tensors = [tensor(*one) for one in TENSORS]
    counts = (
        len(tensors) if tensor_count is None else tensor_count,
        len(pairs) if key_count is None else key_count,
    )
    head = b"GGUF" + struct.pack("<IQQ", version, *counts) + b"".join(pairs) + b"".join(tensors)
    return head + bytes(-len(head) % 32) + bytes(data)


def written(folder: Path, raw: bytes, name: str = "model.gguf") -> Path:
    path = folder / name
    path.write_bytes(raw)
    return path
