"""The parts of the training pipeline that need no accelerator."""

import json
import lzma
import random
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from training.bilingual.cloze import BLANK, cloze_questions
from training.bilingual.corpora import QuestionSet, sampled_lines
from training.bilingual.swaps import swapped
from training.bilingual.vocabulary import extend, frequent_characters

ROOT = Path(__file__).resolve().parents[2]
TOKENIZER_PATH = ROOT / "models" / "clawdbot-embedder" / "tokenizer.json"


@pytest.fixture
def squad_file(tmp_path):
    def write(context, *questions):
        paragraph = {"context": context, "qas": list(questions)}
        path = tmp_path / "set.json.xz"
        data = {"data": [{"title": "An_article", "paragraphs": [paragraph]}]}
        path.write_bytes(lzma.compress(json.dumps(data).encode()))
        return path

    return write


def question(text, *answers, **more):
    return {
        "question": text,
        "answers": [{"text": a, "answer_start": s} for a, s in answers],
        **more,
    }


def test_a_wrong_answer_start_is_mended_by_the_nearest_place(squad_file):
    found = QuestionSet()

    found.read(squad_file("one two one two", question("?", ("two", 11))), language="en", source="s")

    assert found.questions[0].answers == ((12, 15),)
    assert found.passages[0].title == "An article"


def test_a_long_context_is_cut_to_a_window_that_holds_the_answer(squad_file):
    found = QuestionSet()
    context = "a " * 2000 + "answer" + " b" * 2000

    found.read(squad_file(context, question("?", ("answer", 4000))), language="en", source="s")

    start, end = found.questions[0].answers[0]
    assert found.passages[0].text[start:end] == "answer"
    assert len(found.passages[0].text) == 1600


def test_only_questions_marked_unanswerable_may_lack_an_answer(squad_file):
    found = QuestionSet()
    asked = [question("lost", ("absent", 0)), question("none", is_impossible=True)]

    found.read(squad_file("some words", *asked), language="en", source="s")

    assert [one.text for one in found.questions] == ["none"]


def test_a_cloze_question_is_answered_by_the_rest_of_its_passage():
    text = (
        "The Harbour Office opened in 1901. Ships of all nations pay their dues there. "
        "In 1950 the Harbour Office moved to the new quay. It closes on Sundays."
    )

    made = list(cloze_questions(text, None, random.Random(1)))

    assert made
    for asked, passage, (start, end) in made:
        assert BLANK in asked
        assert asked.replace(BLANK, passage[start:end]) in text


@pytest.mark.parametrize(
    ("asked", "passage"),
    [
        ("Which year had the highest income?", "Income was highest in 2020."),
        ("2020年的最高收入是多少？", "2020年收入最高，2019年次之。"),
        ("What did Ada Lovelace write?", "In London Ada Lovelace met Charles Babbage."),
    ],
)
def test_a_swapped_question_is_another_question(asked, passage):
    made = {swapped(asked, passage, random.Random(seed)) for seed in range(8)} - {None}

    assert made
    assert asked not in made


def test_chinese_characters_join_the_vocabulary_once(tmp_path):
    extended = tmp_path / "tokenizer.json"

    size = extend(TOKENIZER_PATH, frequent_characters(["龘龘龘", "的的的a"], rarest=3), extended)

    tokenizer = Tokenizer.from_file(str(extended))
    assert tokenizer.get_vocab_size() == size
    assert tokenizer.encode("龘", add_special_tokens=False).tokens == ["龘"]
    assert tokenizer.token_to_id("hotel") == Tokenizer.from_file(str(TOKENIZER_PATH)).token_to_id(
        "hotel"
    )


def test_a_source_is_thinned_to_its_share(tmp_path):
    path = tmp_path / "text.xz"
    lines = [f"{'ms-x' if n % 2 else 'laws'}\ttext {n}" for n in range(1000)]
    path.write_bytes(lzma.compress("\n".join(lines).encode()))

    kept = list(sampled_lines(path, {"ms-": 0.5}, seed=1))

    assert sum(int(text.split()[1]) % 2 == 0 for text in kept) == 500
    assert 200 < sum(int(text.split()[1]) % 2 for text in kept) < 300
