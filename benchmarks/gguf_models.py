"""Makes GGUF files with random weights: `python -m benchmarks.gguf_models SHAPE FILE`.

What such a model writes means nothing; its speed is that of any model of its shape. `half-billion`
has the shape of Qwen2.5-0.5B (494 M parameters), `eight-billion` that of Llama-3-8B (tied: 7.5 G),
both in Q4_0; `tiny` is for tests.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import numpy.typing as npt

SEED = 6
MERGES = (
    "t h", "th e", "i n", "e r", "o n", "a n", "r e", "a t", "e n", "o r", "e s", "i s", "i t",
    "a r", "s t", "Ġ t", "Ġ a", "Ġt he", "Ġ s", "Ġ i", "Ġ o", "Ġ c", "in g", "an d", "Ġa nd",
    "Ġo f", "Ġi n", "o u", "a l", "l e", "d e", "o m", "r o", "i c", "ä ¸", "ç ļ", "çļ Ħ", "ï ¼",
    "ï¼ Į", "ã Ģ", "ãĢ Ĥ", "å ħ", "å ¹", "æ Ī",
)  # fmt: skip
PRINTABLE = 127 - 33  # the first pieces: bytes that are one visible character
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
CHAT_TEMPLATE = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content']"
    " + '<|im_end|>' + '\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a llama-architecture model. `vocabulary`: padded with unused tokens up to it.

    `is_ascii`: it writes printable ASCII alone, so that every token is a text of its own.
    """

    layers: int
    width: int
    heads: int
    kv_heads: int
    inner: int
    context: int
    vocabulary: int = 0
    is_ascii: bool = False
    quantisation: gguf.GGMLQuantizationType = gguf.GGMLQuantizationType.F16


SHAPES = {
    "tiny": Shape(layers=2, width=64, heads=4, kv_heads=2, inner=128, context=2048),
    "half-billion": Shape(
        layers=24, width=896, heads=14, kv_heads=2, inner=4864, context=32768,
        vocabulary=151_936, is_ascii=True, quantisation=gguf.GGMLQuantizationType.Q4_0,
    ),
    "eight-billion": Shape(
        layers=32, width=4096, heads=32, kv_heads=8, inner=14336, context=32768,
        vocabulary=128_256, is_ascii=True, quantisation=gguf.GGMLQuantizationType.Q4_0,
    ),
}  # fmt: skip


def make(shape: Shape, path: Path, *, name: str, seed: int = SEED) -> None:
    """Write the model to `path`; the same shape and seed give the same bytes."""
    tokens, kinds = vocabulary(shape.vocabulary)
    writer = gguf.GGUFWriter(str(path), "llama")
    _describe(writer, shape, name)
    _add_tokenizer(writer, tokens, kinds)
    for tensor, weights in _tensors(shape, len(tokens), np.random.default_rng(seed)):
        kind = None if weights.ndim == 1 else shape.quantisation
        writer.add_tensor(tensor, weights, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def vocabulary(size: int = 0) -> tuple[list[str], list[int]]:
    """Byte-level BPE pieces and their kinds: all bytes, MERGES, SPECIAL, then unused ones."""
    pieces = [*_byte_characters(), *(merge.replace(" ", "") for merge in MERGES)]
    kinds = [gguf.TokenType.NORMAL] * len(pieces) + [gguf.TokenType.CONTROL] * len(SPECIAL)
    pieces += SPECIAL
    unused = max(0, size - len(pieces))
    pieces += [f"<|unused_{n}|>" for n in range(unused)]
    return pieces, [*kinds, *[gguf.TokenType.UNUSED] * unused]


def _byte_characters() -> list[str]:
    """The 256 printable stand-ins for bytes. Source: GPT-2's byte-level BPE."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in kept]
    return [chr(byte) for byte in kept] + [chr(256 + n) for n in range(len(others))]


def _describe(writer: gguf.GGUFWriter, shape: Shape, name: str) -> None:
    writer.add_name(name)
    writer.add_license("CC0-1.0")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.inner)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_rope_freq_base(10_000.0)
    writer.add_layer_norm_rms_eps(1e-6)
    quantised = shape.quantisation == gguf.GGMLQuantizationType.Q4_0
    kind = gguf.LlamaFileType.MOSTLY_Q4_0 if quantised else gguf.LlamaFileType.MOSTLY_F16
    writer.add_file_type(kind)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)


def _add_tokenizer(writer: gguf.GGUFWriter, tokens: list[str], kinds: list[int]) -> None:
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(list(MERGES))
    end, _start, turn_end = (tokens.index(text) for text in SPECIAL)
    writer.add_bos_token_id(end)
    writer.add_eos_token_id(turn_end)
    writer.add_pad_token_id(end)
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def _tensors(
    shape: Shape, tokens: int, rng: np.random.Generator
) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    def random(rows: int, columns: int, used: int | None = None) -> npt.NDArray[Any]:
        return _weights(shape.quantisation, (rows, columns), rows if used is None else used, rng)

    pieces = PRINTABLE if shape.is_ascii else len(_byte_characters()) + len(MERGES)
    yield (
        "token_embd.weight",
        random(tokens, shape.width, pieces),
    )  # the others: never the likeliest
    yield "output_norm.weight", np.ones(shape.width, np.float32)
    kv = shape.width // shape.heads * shape.kv_heads
    for n in range(shape.layers):
        yield f"blk.{n}.attn_norm.weight", np.ones(shape.width, np.float32)
        yield f"blk.{n}.ffn_norm.weight", np.ones(shape.width, np.float32)
        yield f"blk.{n}.attn_q.weight", random(shape.width, shape.width)
        yield f"blk.{n}.attn_k.weight", random(kv, shape.width)
        yield f"blk.{n}.attn_v.weight", random(kv, shape.width)
        yield f"blk.{n}.attn_output.weight", random(shape.width, shape.width)
        yield f"blk.{n}.ffn_gate.weight", random(shape.inner, shape.width)
        yield f"blk.{n}.ffn_up.weight", random(shape.inner, shape.width)
        yield f"blk.{n}.ffn_down.weight", random(shape.width, shape.inner)


def _weights(
    kind: gguf.GGMLQuantizationType, size: tuple[int, int], used: int, rng: np.random.Generator
) -> npt.NDArray[Any]:
    """Random rows of variance 1/columns, as the file holds them; those from `used` on are zero.

    Q4_0 is made of random bytes: blocks of a float16 scale and 32 values of 4 bits, -8 to 7.
    """
    rows, columns = size
    if kind != gguf.GGMLQuantizationType.Q4_0:
        weights = rng.standard_normal(size, dtype=np.float32) * columns**-0.5
        weights[used:] = 0
        return gguf.quants.quantize(weights, kind)
    deviation = (sum(value**2 for value in range(-8, 8)) / 16) ** 0.5
    blocks = np.empty((rows, columns // 32, 18), np.uint8)
    blocks[..., 2:] = np.frombuffer(rng.bytes(rows * columns // 2), np.uint8).reshape(
        rows, columns // 32, 16
    )
    scales = np.zeros((rows, columns // 32), np.float16)
    scales[:used] = columns**-0.5 / deviation
    blocks[..., :2] = scales.view(np.uint8).reshape(rows, columns // 32, 2)
    return blocks.reshape(rows, -1)


def main() -> None:
    """Make the file named on the command line."""
    kind, path = sys.argv[1:]
    make(SHAPES[kind], Path(path), name=f"clawdbot-{kind}")


if __name__ == "__main__":
    main()
