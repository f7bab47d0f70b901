"""The figures of the models on sets of a few passages."""

import json
import lzma

import pytest

from benchmarks.model_bench import Bench
from benchmarks.models import PARTS
from tests.small_reader import MODELS, write_small_reader

CITIES = {
    "France": "Paris",
    "Japan": "Tokyo",
    "Peru": "Lima",
    "Kenya": "Nairobi",
    "Chile": "Santiago",
}


@pytest.fixture
def shared(tmp_path):
    """Two parallel sets, one of them with questions that their passage does not answer."""
    for name in ("squad_dev", "xquad_en", "xquad_zh", "expmrc_en"):
        start = name.replace("_", "-")
        text = "The capital of {} is {}. Its parliament meets there."
        corpus = [
            {"id": f"{start}-{place}", "title": place, "text": text.format(place, city)}
            for place, city in CITIES.items()
        ]
        queries = [
            {
                "id": place,
                "question": f"What is the capital of {place}?",
                "answers": [city],
                "relevant": [f"{start}-{place}"],
                "evidences": [f"The capital of {place} is {city}."],
            }
            for place, city in CITIES.items()
        ]
        tricks = [
            {"id": place, "question": "Who?", "relevant_paragraph": f"{start}-{place}"}
            for place in CITIES
        ]
        folder = tmp_path / "eval" / name
        folder.mkdir(parents=True)
        files = {"corpus": corpus, "queries": queries, "unanswerable": tricks}
        for file, rows in files.items():
            lines = "".join(f"{json.dumps(row)}\n" for row in rows)
            (folder / f"{file}.jsonl.xz").write_bytes(lzma.compress(lines.encode()))
    return tmp_path


@pytest.fixture
def bench(shared, tmp_path):
    made = Bench(shared, tmp_path / "cache", None, 3)
    embedder = MODELS / "clawdbot-embedder"
    made.load(embedder, write_small_reader(tmp_path / "reader"), {"rival": tmp_path / "none"})
    return made


def test_every_part_gives_its_figures(bench):
    figures = {}
    for some in bench.figures(["squad_dev", "expmrc_en"], PARTS):
        figures |= some

    assert figures["squad_dev_lexical_recall_at_1"] == 1.0
    assert figures["squad_dev_sample"] == 3
    assert {
        "squad_dev_hybrid_recall_at_10", "squad_dev_dense_recall_at_1", "squad_dev_gold_em",
        "squad_dev_read_recall_at_1", "squad_dev_end_to_end_f1", "squad_dev_gone_auc",
        "squad_dev_answered_at_10_percent_wrong", "squad_dev_beside_auc", "answer_accuracy",
        "expmrc_en_evidence", "reads_saved",
    } <= set(figures)  # fmt: skip
    assert all(
        0 <= value <= 1 or name.endswith(("_questions", "_sample"))
        for name, value in figures.items()
    )


def test_questions_are_asked_of_the_parallel_set(bench):
    figures = [some for some in bench.figures(["xquad_zh"], ["embed"]) if len(some) > 1]

    crossed = next(some for some in figures if "xquad_zh_on_xquad_en_hybrid_recall_at_1" in some)
    assert crossed["xquad_zh_on_xquad_en_hybrid_recall_at_1"] == 1.0
