"""The header of a GGUF file: metadata and the list of tensors, all of it checked.

The file may come from anywhere: no count or length in it is believed before there are bytes for
it, and reading takes bounded memory and time. Source of the format: ggml/docs/gguf.md; of the
checks beyond it: gguf_init_from_file and llama_model_loader of llama.cpp.
"""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from apps.serving.errors import ModelUnusable
from apps.serving.gguf import layout
from apps.serving.gguf.cursor import Cursor
from apps.serving.gguf.facts import ModelFacts, facts_of

MAX_KEYS = 16_384
MAX_TENSORS = 65_536
MAX_KEY_BYTES = 65_535  # gguf.md
MAX_NAME_BYTES = 63  # GGML_MAX_NAME
MAX_DIMENSIONS = 4  # GGML_MAX_DIMS
MAX_ELEMENTS = 2**50
KEPT_NUMBERS = 4096  # of an array: one for each layer
MAX_ALIGNMENT = 2**20

Value = str | bool | int | float | tuple[int | float, ...] | None


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where weights lie: `offset` counts from the start of the data."""

    name: str
    kind: str
    shape: tuple[int, ...]
    offset: int
    size_bytes: int

    @property
    def elements(self) -> int:
        """How many weights."""
        return prod(self.shape)


@dataclass(frozen=True, slots=True)
class Header:
    """`values`: scalars, short texts and short arrays of numbers; `lengths`: of all arrays."""

    version: int
    values: Mapping[str, Value]
    lengths: Mapping[str, int]
    tensors: tuple[Tensor, ...]
    data_offset: int
    file_bytes: int

    @property
    def facts(self) -> ModelFacts:
        """What it says of the model. Raises ModelUnusable: no whole language model."""
        return facts_of(self)

    def text(self, key: str) -> str:
        """A text of the metadata; empty: none."""
        value = self.values.get(key)
        return value if isinstance(value, str) else ""

    def numbers(self, key: str) -> tuple[int | float, ...]:
        """A number of the metadata, or an array of them; empty: none."""
        value = self.values.get(key)
        if isinstance(value, tuple):
            return value
        return (value,) if isinstance(value, int | float) and not isinstance(value, bool) else ()


def read_header(path: Path) -> Header:
    """The header of the file at `path`, in bounded time and memory.

    Raises ModelUnusable: not a GGUF file, one of another version, or truncated, damaged, forged;
    OSError: it cannot be opened.
    """
    if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for its writer
        raise ModelUnusable("That is no file.")
    with path.open("rb", buffering=2**18) as file:
        return _read(Cursor(file, os.fstat(file.fileno()).st_size))


def _read(cursor: Cursor) -> Header:
    version = _version(cursor)
    tensor_count, key_count = cursor.unsigned(), cursor.unsigned()
    if tensor_count > MAX_TENSORS or key_count > MAX_KEYS:
        raise ModelUnusable(
            f"The file is damaged: it announces {tensor_count:,} tensors and {key_count:,} keys."
        )
    values, lengths = _metadata(cursor, key_count)
    alignment = _alignment(values)
    tensors = tuple(_tensor(cursor) for _ in range(tensor_count))
    data_offset = _padded(cursor.offset, alignment)
    _check_places(tensors, alignment=alignment, data_bytes=cursor.size - data_offset)
    return Header(
        version=version,
        values=values,
        lengths=lengths,
        tensors=tensors,
        data_offset=data_offset,
        file_bytes=cursor.size,
    )


def _version(cursor: Cursor) -> int:
    if cursor.size < len(layout.MAGIC) + 4:
        raise ModelUnusable(f"Not a GGUF file: it has only {cursor.size} bytes.")
    if bytes(cursor.unsigned("<B") for _ in layout.MAGIC) != layout.MAGIC:
        raise ModelUnusable("Not a GGUF file: it does not begin with GGUF.")
    version = cursor.unsigned("<I")
    if version & 0xFFFF == 0:  # the same number with its bytes the other way round
        raise ModelUnusable("The file was made for big-endian machines; this reads the others.")
    if version not in layout.VERSIONS:
        is_old = version < min(layout.VERSIONS)
        cure = "Convert the model again." if is_old else "Update Clawdbot."
        raise ModelUnusable(f"The file is of GGUF version {version}; 2 and 3 are known. {cure}")
    return version


def _metadata(cursor: Cursor, count: int) -> tuple[dict[str, Value], dict[str, int]]:
    values: dict[str, Value] = {}
    lengths: dict[str, int] = {}
    for _ in range(count):
        key = _printable(cursor.bytes_of("a key", at_most=MAX_KEY_BYTES), "key")
        if key in values:
            raise ModelUnusable(f"The file is damaged: it has the key {key[:80]} twice.")
        kind = cursor.unsigned("<I")
        if kind == layout.ARRAY:
            values[key], lengths[key] = _array(cursor, key)
        else:
            values[key] = _value(cursor, key, kind)
    return values, lengths


def _value(cursor: Cursor, key: str, kind: int) -> Value:
    if kind == layout.STRING:
        return cursor.text()
    number = cursor.number(_layout_of(key, kind))
    return bool(number) if kind == layout.BOOL else number


def _array(cursor: Cursor, key: str) -> tuple[Value, int]:
    kind, count = cursor.unsigned("<I"), cursor.unsigned()
    if kind == layout.STRING:
        cursor.skip_texts(count)
        return None, count
    return cursor.numbers(_layout_of(key, kind), count, keep=KEPT_NUMBERS), count


def _layout_of(key: str, kind: int) -> str:
    """An array of arrays is refused here too: llama.cpp reads none, and nesting has no end."""
    if kind not in layout.SCALARS:
        raise ModelUnusable(f"The file is damaged: {key[:80]} has values of type {kind}.")
    return layout.SCALARS[kind]


def _alignment(values: Mapping[str, Any]) -> int:
    alignment = values.get("general.alignment", layout.DEFAULT_ALIGNMENT)
    if not isinstance(alignment, int) or not 0 < alignment <= MAX_ALIGNMENT:
        raise ModelUnusable(f"The file is damaged: tensors cannot be aligned to {alignment}.")
    if alignment & (alignment - 1):
        raise ModelUnusable(f"The file is damaged: tensors cannot be aligned to {alignment}.")
    return alignment


def _tensor(cursor: Cursor) -> Tensor:
    name = _printable(cursor.bytes_of("a tensor's name", at_most=MAX_NAME_BYTES), "tensor's name")
    dimensions = cursor.unsigned("<I")
    if not 1 <= dimensions <= MAX_DIMENSIONS:
        raise ModelUnusable(f"The file is damaged: {name} has {dimensions} dimensions.")
    shape = tuple(cursor.unsigned() for _ in range(dimensions))
    number, offset = cursor.unsigned("<I"), cursor.unsigned()
    if number not in layout.BLOCKS:
        raise ModelUnusable(f"{name} is of tensor type {number}, which this version cannot read.")
    kind, block, block_bytes = layout.BLOCKS[number]
    if not 0 < prod(shape) <= MAX_ELEMENTS or shape[0] % block:
        raise ModelUnusable(f"The file is damaged: {name} cannot have the shape {shape}.")
    return Tensor(name, kind, shape, offset, prod(shape) // block * block_bytes)


def _check_places(tensors: tuple[Tensor, ...], *, alignment: int, data_bytes: int) -> None:
    """Weights follow one another without gap or overlap, and all of them are there."""
    expected, names = 0, set()
    for tensor in tensors:
        if tensor.name in names:
            raise ModelUnusable(f"The file is damaged: it has the tensor {tensor.name} twice.")
        names.add(tensor.name)
        if tensor.offset != expected:
            raise ModelUnusable(f"The file is damaged: {tensor.name} does not lie in its place.")
        end = tensor.offset + tensor.size_bytes
        if end > data_bytes:
            raise ModelUnusable(
                f"The file is truncated: {end - data_bytes:,} bytes or more are missing, from"
                f" {tensor.name} on. Fetch or copy it again."
            )
        expected = _padded(end, alignment)


def _padded(offset: int, alignment: int) -> int:
    return -(-offset // alignment) * alignment


def _printable(raw: bytes, what: str) -> str:
    text = raw.decode(errors="replace")
    if not text or not text.isprintable():
        raise ModelUnusable(f"The file is damaged: a {what} is no readable text.")
    return text
