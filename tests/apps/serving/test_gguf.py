"""Headers of GGUF files: what they say, and that no forged one gets further than its bytes."""

import os
import random
import struct
import tracemalloc
from contextlib import suppress

import gguf as reference
import pytest

from apps.serving.errors import ModelUnusable
from apps.serving.gguf import ModelFacts, read_header
from benchmarks import gguf_models
from tests.apps.serving import forging
from tests.apps.serving.forging import ARRAY, BOOL, STRING, UINT32, pair, tensor, text

HUGE = 2**63


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    path = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
    gguf_models.make(gguf_models.SHAPES["tiny"], path, name="tiny model")
    return path


@pytest.fixture
def facts(tmp_path):
    return lambda **changes: read_header(forging.written(tmp_path, forging.gguf(**changes))).facts


@pytest.fixture
def refused(tmp_path):
    """The line that the file is refused with."""

    def refuse(raw=None, **changes):
        raw = forging.gguf(**changes) if raw is None else raw
        with pytest.raises(ModelUnusable) as refusal:
            _ = read_header(forging.written(tmp_path, raw)).facts
        return str(refusal.value)

    return refuse


def test_it_reads_what_the_reference_reader_reads(tiny):
    header, other = read_header(tiny), reference.GGUFReader(tiny)

    expected = [
        (one.name, one.tensor_type.name, tuple(map(int, one.shape)), int(one.n_bytes),
         int(one.data_offset))
        for one in other.tensors
    ]  # fmt: skip
    assert [
        (one.name, one.kind, one.shape, one.size_bytes, header.data_offset + one.offset)
        for one in header.tensors
    ] == expected
    strings = [key for key, field in other.fields.items() if field.types == [8]]
    assert {key: header.text(key) for key in strings} == {
        key: other.get_field(key).contents() for key in strings
    }


def test_the_numbers_of_the_format_are_those_of_the_reference():
    from apps.serving.gguf import layout

    types = reference.GGML_QUANT_SIZES.items()
    assert {int(kind): (kind.name, *sizes) for kind, sizes in types} == dict(layout.BLOCKS)
    names = {int(kind): kind.name for kind in reference.LlamaFileType if kind != 1024}
    plain = {number: name.split("_", 1)[1] for number, name in names.items()}
    assert plain == dict(layout.FILE_TYPES)


def test_facts_of_a_model(tiny):
    facts = read_header(tiny).facts

    assert facts == ModelFacts(
        architecture="llama", name="tiny model", parameters=93_440, layers=2, width=64, heads=4,
        kv_heads=2, key_length=16, value_length=16, cache_per_token=2 * 2 * 32,
        context_length=2048, vocabulary=303, quantisation="F16", tensor_bytes=187_520,
        layer_bytes=148_480, experts=0, is_embedding=False, has_chat_template=True,
        licence="CC0-1.0",
    )  # fmt: skip
    assert ModelFacts.from_json(facts.to_json()) == facts


def test_a_model_may_keep_other_heads_in_each_layer(facts):
    kv_heads = (ARRAY, (UINT32, [4, 0]))
    found = facts(
        more={"llama.attention.head_count_kv": kv_heads, "llama.block_count": (UINT32, 2)}
    )

    assert (found.kv_heads, found.cache_per_token) == (4, 4 * 2 * 8)


@pytest.mark.parametrize(
    "more",
    [
        {"llama.pooling_type": (UINT32, 1)},
        {"llama.attention.causal": (BOOL, 0)},
    ],
)
def test_a_model_that_pools_or_looks_both_ways_makes_embeddings(facts, more):
    assert facts(more=more).is_embedding
    assert not facts().is_embedding


def test_quantisation_is_that_of_most_bytes_where_the_file_does_not_say(facts):
    assert facts().quantisation == "F32"
    assert facts(more={"general.file_type": (UINT32, 15)}).quantisation == "Q4_K_M"
    assert facts(more={"general.file_type": (UINT32, 15 + 1024)}).quantisation == "Q4_K_M"


def test_a_file_of_version_2_is_read_like_one_of_3(facts):
    assert facts(version=2) == facts(version=3)


@pytest.mark.parametrize(
    ("version", "line"),
    [
        (1, "GGUF version 1; 2 and 3 are known. Convert the model again."),
        (4, "GGUF version 4; 2 and 3 are known. Update Clawdbot."),
        (3 << 24, "big-endian"),
    ],
)
def test_other_versions_are_refused_with_what_to_do(refused, version, line):
    assert line in refused(version=version)


def test_other_files_are_refused(refused, tmp_path):
    assert "has only 0 bytes" in refused(b"")
    assert "does not begin with GGUF" in refused(b"<!DOCTYPE html>")
    with pytest.raises(ModelUnusable, match="no file"):
        read_header(tmp_path)


def test_a_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(ModelUnusable, match="no file"):
        read_header(tmp_path / "pipe")


def test_a_file_cut_off_anywhere_is_refused(tmp_path):
    whole = forging.gguf()
    path = forging.written(tmp_path, whole)
    read_header(path)

    for length in reversed(range(len(whole))):
        os.truncate(path, length)
        with pytest.raises(ModelUnusable):
            read_header(path)


def test_a_cut_off_file_says_how_much_is_missing(refused):
    assert "10 bytes or more are missing, from blk.0" in refused(forging.gguf()[:-10])


def test_changed_bytes_are_refused_or_harmless(tmp_path):
    """Nothing but ModelUnusable, and little memory, whatever the bytes say."""
    whole, chance = forging.gguf(more={"a.list": (ARRAY, (STRING, ["x", "y"]))}), random.Random(6)
    path = tmp_path / "model.gguf"
    tracemalloc.start()
    for _ in range(1500):
        changed = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            changed[chance.randrange(len(whole) - forging.DATA_BYTES)] = chance.choice(
                [0, 1, 9, 255]
            )
        path.write_bytes(changed)
        is_refused_or_read(path)
    assert tracemalloc.get_traced_memory()[1] < 8 * 1024**2
    tracemalloc.stop()


def is_refused_or_read(path):
    with suppress(ModelUnusable):
        assert read_header(path).facts


@pytest.mark.parametrize(
    "pairs",
    [
        [struct.pack("<Q", HUGE)],  # a key as long as the sky
        [text("key") + struct.pack("<IQ", STRING, HUGE)],
        [text("key") + struct.pack("<IIQ", ARRAY, UINT32, HUGE)],
        [text("key") + struct.pack("<IIQ", ARRAY, STRING, HUGE)],
        [text("key") + struct.pack("<IIQ", ARRAY, ARRAY, 1)],  # lists of lists of lists
        [text("key") + struct.pack("<I", 13)],
        [text("") + struct.pack("<II", UINT32, 1)],
        [text(b"\xff\n") + struct.pack("<II", UINT32, 1)],
    ],
)
def test_forged_metadata_is_refused(refused, pairs):
    assert refused(pairs=pairs)


@pytest.mark.parametrize(
    ("forged", "line"),
    [
        ({"tensor_count": HUGE}, "announces"),
        ({"key_count": HUGE}, "announces"),
        ({"pairs": [pair("a", UINT32, 1)] * 2}, "the key a twice"),
        ({"tensors": [tensor("a", (32,), 0, 0), tensor("a", (32,), 0, 128)]}, "tensor a twice"),
        ({"tensors": [tensor("a", (32,), 0, 32)]}, "not lie in its place"),
        ({"tensors": [tensor("a", (32,), 0, HUGE)]}, "not lie in its place"),
        ({"tensors": [tensor("a", (HUGE, HUGE), 0, 0)]}, "cannot have the shape"),
        ({"tensors": [tensor("a", (0,), 0, 0)]}, "cannot have the shape"),
        ({"tensors": [tensor("a", (33,), 2, 0)]}, "cannot have the shape"),
        ({"tensors": [tensor("a", (1,) * 5, 0, 0)]}, "5 dimensions"),
        ({"tensors": [tensor("a" * 64, (32,), 0, 0)]}, "63 at most"),
        ({"tensors": [tensor("a", (32,), 99, 0)]}, "tensor type 99"),
        ({"tensors": []}, "holds no weights"),
        ({"more": {"general.alignment": (UINT32, 24)}}, "aligned to 24"),
        ({"more": {"general.alignment": (UINT32, 0)}}, "aligned to 0"),
        ({"more": {"general.alignment": (STRING, "x")}}, "aligned to x"),
        ({"more": {"llama.block_count": (UINT32, 0)}}, "lacks llama.block_count"),
        ({"more": {"llama.block_count": (STRING, "1")}}, "lacks llama.block_count"),
        ({"more": {"llama.context_length": (UINT32, 2**31)}}, "cannot be 2147483648"),
        ({"more": {"general.architecture": (STRING, "")}}, "does not say which architecture"),
        ({"more": {"general.architecture": (STRING, "clip")}}, "no language model"),
        ({"more": {"general.type": (STRING, "adapter")}}, "no language model"),
        ({"more": {"split.count": (UINT32, 3)}}, "one of 3 parts"),
    ],
)
def test_a_forged_or_wrong_file_is_refused_with_the_reason(refused, forged, line):
    assert line in refused(**forged)


def test_a_long_text_is_passed_over_and_a_long_list_is_only_counted(tmp_path):
    more = {
        "tokenizer.huggingface.json": (STRING, "x" * (2 * 1024**2)),
        "tokenizer.ggml.tokens": (ARRAY, (STRING, ["x"] * 5000)),
        "tokenizer.ggml.scores": (ARRAY, (UINT32, [1] * 5000)),
    }
    header = read_header(forging.written(tmp_path, forging.gguf(more=more)))

    assert header.facts.vocabulary == 5000
    assert header.text("tokenizer.huggingface.json") == ""
    assert header.numbers("tokenizer.ggml.scores") == ()


def test_texts_take_bounded_memory_however_many_there_are(refused):
    many = [pair(f"key {number}", STRING, "x" * 1024**2) for number in range(20)]

    assert "over 16,777,216 bytes of texts" in refused(pairs=many)
