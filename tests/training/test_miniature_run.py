"""The whole way from gathered data to models that the product loads, in miniature."""

import itertools
import json
from types import SimpleNamespace

import pytest

from apps.retrieval.embedders.onnx import OnnxEmbedder
from apps.retrieval.reader.onnx import OnnxReader
from tests.training.pytorch import with_torch
from tests.training.toy_data import write_toy_data

TICK_S = 0.1  # each look at the clock: the steps are counted, however fast the machine is
FASTER = 10  # learning rate of so small a network


@pytest.fixture(scope="module")
def training():
    """The pipeline on a clock that counts looks, with few articles held out."""
    names = ("run", "run_clock", "material", "published", "publish")
    found = SimpleNamespace(**{n: with_torch(f"training.bilingual.{n}") for n in names})
    clock, ticks = found.run_clock.Clock, itertools.count()
    torch = with_torch("torch")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # beside other tests two threads mostly wait for each other
    with pytest.MonkeyPatch.context() as patch:
        counting = SimpleNamespace(monotonic=lambda: TICK_S * next(ticks))
        patch.setattr(found.run_clock, "time", counting)
        patch.setattr(found.run, "Clock", lambda m, rate, *_: clock(m, FASTER * rate, 20))
        patch.setattr(found.material, "HELD", {"squad": 8, "cmrc": 8})
        yield found
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def data(training, tmp_path_factory):
    return write_toy_data(tmp_path_factory.mktemp("toy") / "data", training.published.write_english)


@pytest.fixture(scope="module")
def call(training, data, tmp_path_factory):
    """Runs a stage, in the folder of all of them; returns the folder."""
    out = tmp_path_factory.mktemp("out")

    def run(model, *more):
        folders = ["--data", str(data), "--out", str(out)]
        training.run.main([model, *folders, "--scale", "0.05", *more])
        return out

    return run


@pytest.fixture(scope="module")
def out(call):
    call("embedder", "--minutes", "0.1")
    call("prepare")
    call("embedder", "--minutes", "0.1,0.1")
    return call("reader", "--minutes", "0.1,0.1,0.4", "--layers", "3")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_reader_learns_where_the_answer_stands(out, language):
    figures = json.loads((out / "figures.json").read_text())

    assert figures[f"reader-{language}"]["em"] >= 50  # by chance less than 1: one span of hundreds


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_stage_of_the_embedder_is_measured_on_what_was_held_out(out, language):
    figures = json.loads((out / "figures.json").read_text())

    for stage in ("embedder-pretrained", "embedder"):
        assert figures[f"{stage}-{language}"]["questions"] == 8


def test_stages_that_are_done_are_not_repeated(out, call):
    before = {path.name: path.stat().st_mtime_ns for path in out.glob("*.pt")}

    call("embedder", "--minutes", "0.1,0.1")
    call("reader", "--minutes", "0.1,0.1,0.4", "--layers", "3")

    assert {path.name: path.stat().st_mtime_ns for path in out.glob("*.pt")} == before


@pytest.mark.parametrize(("kind", "product"), [("embedder", OnnxEmbedder), ("reader", OnnxReader)])
def test_what_was_trained_is_published_and_the_product_loads_it(
    out, training, data, tmp_path, kind, product
):
    command = [kind, "--checkpoint", out / f"{kind}.pt", "--data", data, "--to", tmp_path / kind]

    training.publish.main(list(map(str, command)))

    product(tmp_path / kind, threads=1)
