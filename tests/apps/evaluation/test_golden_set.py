"""Golden sets as files."""

import gzip
import json
import lzma

import pytest

from apps.core.errors import Invalid
from apps.evaluation import golden_set
from apps.evaluation.golden_set import GoldQuestion

PASSAGE = {"id": "p1", "title": "Title", "text": "Text", "kind": "table"}


@pytest.mark.parametrize(
    ("suffix", "opener"), [(".jsonl", open), (".jsonl.gz", gzip.open), (".jsonl.xz", lzma.open)]
)
def test_passages_are_read_from_plain_and_compressed_files(tmp_path, suffix, opener):
    path = tmp_path / f"corpus{suffix}"
    with opener(path, "wt", encoding="utf-8") as file:
        file.write(json.dumps(PASSAGE) + "\n\n")

    passages = list(golden_set.read_passages(path))

    assert passages == [{"id": "p1", "text": "Text", "title": "Title"}]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"id": "a", "text": "x"}\nnot json\n', "line 2"),
        ('{"id": "a"}\n', "“text” must be a text"),
        ('{"id": "a", "text": "x"}\n{"id": "a", "text": "y"}\n', "twice"),
        ("\xff", "JSON"),
    ],
)
def test_a_broken_corpus_is_refused_with_the_line_to_mend(tmp_path, content, told):
    path = tmp_path / "corpus.jsonl"
    path.write_bytes(content.encode("latin-1" if "\xff" in content else "utf-8"))

    with pytest.raises(Invalid, match=told):
        list(golden_set.read_passages(path))


def test_a_missing_or_damaged_file_is_refused_by_name(tmp_path):
    damaged = tmp_path / "damaged.jsonl.xz"
    damaged.write_bytes(b"no xz")

    for path in (tmp_path / "missing.jsonl", damaged):
        with pytest.raises(Invalid, match=path.name):
            list(golden_set.read_passages(path))


def test_only_questions_with_a_loaded_passage_are_asked(tmp_path):
    path = tmp_path / "queries.jsonl"
    rows = [
        {"id": "q1", "question": "Who?", "answers": ["A"], "relevant": ["p1", "p9"]},
        {"id": "q2", "question": "What?", "answers": ["B"], "relevant": ["p9"]},
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows))

    questions = golden_set.read_questions(path, passages=frozenset({"p1"}))

    assert questions == [GoldQuestion("q1", "Who?", ("A",), frozenset({"p1", "p9"}))]


def test_a_sample_is_the_same_at_every_call_and_not_the_beginning():
    questions = [GoldQuestion(str(n), "?") for n in range(100)]

    sample = golden_set.sample(questions, 10)

    assert sample == golden_set.sample(list(reversed(questions)), 10)
    assert sample != questions[:10]
    assert golden_set.sample(questions, None) == questions


def test_holding_out_takes_whole_questions_and_at_most_a_tenth_of_the_passages():
    questions = [
        GoldQuestion(str(n), "?", relevant=frozenset({f"p{n % 50}", f"p{(n + 1) % 50}"}))
        for n in range(200)
    ]

    held = golden_set.hold_out(questions, passage_count=50, limit=200)

    assert 0 < len(held.paths) <= 5
    assert held.questions
    assert all(question.relevant <= held.paths for question in held.questions)


def test_holding_out_stops_at_the_limit():
    questions = [GoldQuestion(str(n), "?", relevant=frozenset({f"p{n}"})) for n in range(100)]

    assert len(golden_set.hold_out(questions, passage_count=1000, limit=7).questions) == 7
