"""A checkpoint becomes a folder that the product can load."""

import hashlib
import json
import lzma

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from tokenizers import Tokenizer

from tests.small_reader import MODELS, random_bert, random_reader
from tests.training.pytorch import with_torch
from training.bert_graph import Shape

SHAPE = Shape(layers=1, heads=12, hidden=48, max_tokens=512, epsilon=1e-12)
ENGLISH = "The pump was repaired in March. It had leaked for a week, and nobody had seen it. " * 6
CHINESE = "该水泵于三月修好。它漏了一个星期，没有人发现。" * 9


@pytest.fixture
def publish():
    return with_torch("training.bilingual.publish")


@pytest.fixture
def data(tmp_path):
    """The files of a gathered folder that publishing reads."""
    folder = tmp_path / "data"
    folder.mkdir()
    tokenizer = Tokenizer.from_file(str(sorted(MODELS.glob("*/tokenizer.json"))[0]))
    tokenizer.enable_truncation(16)
    tokenizer.enable_padding()
    tokenizer.save(str(folder / "tokenizer.json"))
    passages = [["Pumps", ENGLISH, "en", "squad-0"], ["水泵", CHINESE, "zh", "cmrc-0"]]
    questions = [["When was the pump repaired?", 0, [], "squad"], ["何时修好？", 1, [], "cmrc"]]
    stored = json.dumps({"passages": passages, "questions": questions})
    (folder / "questions.json.xz").write_bytes(lzma.compress(stored.encode()))
    return folder


@pytest.fixture
def weights(data):
    """By kind of model."""
    words = Tokenizer.from_file(str(data / "tokenizer.json")).get_vocab_size()
    return {
        "embedder": random_bert(SHAPE, words=words, seed=0),
        "reader": random_reader(SHAPE, words=words, seed=0),
    }


def tables(folder):
    model = onnx.load(str(folder / "model.onnx"))
    return {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}


@pytest.mark.parametrize("kind", ["embedder", "reader"])
def test_model_json_names_the_files_that_were_written(publish, data, weights, tmp_path, kind):
    publish.publish(kind, weights[kind], data, tmp_path / "model")

    described = json.loads((tmp_path / "model/model.json").read_text())
    assert set(described["files"]) == {"model.onnx", "tokenizer.json"}
    for name, digest in described["files"].items():
        assert hashlib.sha256((tmp_path / "model" / name).read_bytes()).hexdigest() == digest
    assert described["languages"] == ["en", "zh"]
    assert described["max_tokens"] == {"embedder": 256, "reader": 320}[kind]


@pytest.mark.parametrize("kind", ["embedder", "reader"])
def test_the_same_checkpoint_gives_the_same_bytes(publish, data, weights, tmp_path, kind):
    for name in ("one", "two"):
        publish.publish(kind, weights[kind], data, tmp_path / name)

    for file in ("model.onnx", "tokenizer.json", "model.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_no_more_positions_are_kept_than_a_text_may_have(publish, data, weights, tmp_path):
    publish.publish("embedder", weights["embedder"], data, tmp_path / "e")
    publish.publish("reader", weights["reader"], data, tmp_path / "r")

    assert tables(tmp_path / "e")["positions.half"].shape == (256, 48)
    assert tables(tmp_path / "r")["positions.half"].shape == (320, 48)
    types = weights["reader"]["bert.embeddings.token_type_embeddings.weight"]
    assert np.array_equal(tables(tmp_path / "r")["types"], types)


def test_the_tokenizer_neither_cuts_nor_pads(publish, data, weights, tmp_path):
    publish.publish("embedder", weights["embedder"], data, tmp_path / "model")

    tokenizer = Tokenizer.from_file(str(tmp_path / "model/tokenizer.json"))
    long, short = tokenizer.encode_batch([ENGLISH, "pump"])
    assert len(long.ids) > 100
    assert len(short.ids) == 3


def test_calibration_outlives_a_new_checkpoint(publish, data, weights, tmp_path):
    publish.publish("reader", weights["reader"], data, tmp_path / "model")
    path = tmp_path / "model/model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"calibration": {"en": {}}}))

    publish.publish("reader", weights["reader"], data, tmp_path / "model")

    assert json.loads(path.read_text())["calibration"] == {"en": {}}


def test_it_tells_how_near_eight_bits_come(publish, data, weights, tmp_path):
    vectors = publish.publish("embedder", weights["embedder"], data, tmp_path / "e")
    spans = publish.publish("reader", weights["reader"], data, tmp_path / "r")

    assert vectors["lowest cosine"] > 0.99
    assert spans["equal best spans"] > 0.5


def test_a_checkpoint_in_parts_is_read(publish, data, weights, tmp_path):
    torch = with_torch("torch")
    state = {name: torch.from_numpy(value) for name, value in weights["embedder"].items()}
    torch.save(state, tmp_path / "whole")
    stored = (tmp_path / "whole").read_bytes()
    for number, first in enumerate(range(0, len(stored), 2_000_000)):
        (tmp_path / f"model.pt.{number}").write_bytes(stored[first : first + 2_000_000])

    arguments = ["--checkpoint", tmp_path / "model.pt", "--data", data, "--to", tmp_path / "m"]
    publish.main(["embedder", *map(str, arguments)])

    assert (tmp_path / "m/model.json").exists()
