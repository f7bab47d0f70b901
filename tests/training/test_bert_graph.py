"""The ONNX graphs say what PyTorch says."""

import numpy as np
import onnxruntime as ort
import pytest

from tests.small_reader import random_bert, random_reader
from tests.training.pytorch import with_torch
from training.bert_graph import Int8, Shape, build, build_reader
from training.input_ranges import input_ranges

SHAPE = Shape(layers=2, heads=4, hidden=64, max_tokens=48, epsilon=1e-12)
WORDS = 300


def tokens(count, seed=0):
    """Inputs of the reader: a question of five tokens and a passage."""
    ids = np.random.default_rng(seed).integers(1, WORDS, (1, count))
    return {"input_ids": ids, "token_types": (np.arange(count) > 5).astype(np.int64)[None]}


def quantised(make, weights):
    names = ["input_ids"] if make is build else ["input_ids", "token_types"]
    runs = [{name: tokens(48, seed)[name] for name in names} for seed in range(5)]
    ranges = input_ranges(make(weights, SHAPE, None), SHAPE.layers, runs)
    return make(weights, SHAPE, Int8(ranges, strength=0.7, bits=7, few=16))


def run(model, inputs):
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    wanted = {one.name for one in session.get_inputs()}
    return session.run(None, {name: value for name, value in inputs.items() if name in wanted})


@pytest.fixture
def embedder():
    """Weights, and what PyTorch makes of tokens."""
    torch, network = with_torch("torch"), with_torch("training.bilingual.network")
    weights = random_bert(SHAPE, words=WORDS, seed=1)
    bert = network.Bert(network.Size(WORDS, 2, 64, 4, 256)).eval()
    bert.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})

    def vector(inputs):
        with torch.no_grad():
            return network.sentence_vectors(bert, torch.from_numpy(inputs["input_ids"])).numpy()

    return weights, vector


@pytest.fixture
def reader():
    """Weights, and what PyTorch makes of tokens."""
    torch, network = with_torch("torch"), with_torch("training.bilingual.network")
    weights = random_reader(SHAPE, words=WORDS, seed=2)
    net = network.Reader(network.Bert(network.Size(WORDS, 2, 64, 4, 256))).eval()
    net.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})

    def read(inputs):
        ids, types = (torch.from_numpy(inputs[name]) for name in ("input_ids", "token_types"))
        with torch.no_grad():
            relevance, spans = net(ids, ids > 0, types)
        return relevance.numpy(), spans[0].numpy()

    return weights, read


@pytest.mark.parametrize("count", [1, 7, 48])
def test_the_embedder_in_float32_is_the_trained_network(embedder, count):
    weights, vector = embedder

    (found,) = run(build(weights, SHAPE, None), tokens(count))

    assert np.abs(found - vector(tokens(count))).max() < 1e-5


@pytest.mark.parametrize("count", [7, 8, 48])
def test_the_reader_in_float32_is_the_trained_network(reader, count):
    weights, read = reader

    relevance, spans = run(build_reader(weights, SHAPE, None), tokens(count))

    expected, expected_spans = read(tokens(count))
    assert (relevance.shape, spans.shape) == ((1,), (count, 2))
    assert np.abs(relevance - expected).max() < 1e-5
    assert np.abs(spans - expected_spans).max() < 1e-5


def test_the_embedder_in_eight_bits_is_close(embedder):
    weights, vector = embedder

    (found,) = run(quantised(build, weights), tokens(40))

    assert (found @ vector(tokens(40)).T).item() > 0.999


def test_the_reader_in_eight_bits_is_close(reader):
    weights, read = reader

    relevance, spans = run(quantised(build_reader, weights), tokens(40))

    expected, expected_spans = read(tokens(40))
    assert np.abs(relevance - expected).max() < 0.1
    assert np.corrcoef(spans.ravel(), expected_spans.ravel())[0, 1] > 0.999


@pytest.mark.parametrize("make", [build, build_reader])
def test_equal_weights_make_equal_bytes(make):
    drawn = random_bert if make is build else random_reader
    weights = drawn(SHAPE, words=WORDS, seed=3)

    first, second = (quantised(make, dict(weights)).SerializeToString() for _ in range(2))

    assert first == second


def test_positions_and_types_tell_places_and_passages_apart():
    model = quantised(build_reader, random_reader(SHAPE, words=WORDS, seed=4))
    same = {"input_ids": np.full((1, 9), 7), "token_types": np.zeros((1, 9), dtype=np.int64)}
    typed = same | {"token_types": tokens(9)["token_types"]}

    _, spans = run(model, same)
    _, typed_spans = run(model, typed)

    assert len({tuple(row) for row in spans.tolist()}) == 9
    assert not np.array_equal(spans, typed_spans)


def test_a_text_beyond_the_positions_is_refused():
    model = build(random_bert(SHAPE, words=WORDS, seed=5), SHAPE, None)

    with pytest.raises(Exception, match="48"):
        run(model, tokens(49))


def test_more_texts_in_a_run_give_what_each_gives_alone():
    model = build(random_bert(SHAPE, words=WORDS, seed=6), SHAPE, None)
    texts = [tokens(12, seed)["input_ids"] for seed in range(3)]

    (together,) = run(model, {"input_ids": np.concatenate(texts)})

    alone = np.concatenate([run(model, {"input_ids": ids})[0] for ids in texts])
    assert np.abs(together - alone).max() < 1e-6
