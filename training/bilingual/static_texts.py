"""What the static table is fitted on: texts as token rows, the questions beside their passages."""

import json
import lzma
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from training.bilingual import held_out
from training.bilingual.corpora import Question, QuestionSet
from training.bilingual.shards import TokenRow, read_rows

LANGUAGES = ("en", "zh")
LONGEST, SHORTEST = 160, 4  # tokens of a text out of the rows


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions and the passages that answer them, row by row; a passage may stand there twice."""

    questions: list[list[int]]
    passages: list[list[int]]


@dataclass(frozen=True, slots=True)
class StaticTexts:
    """`texts` of every kind; `trained` to fit on, `held` by language to measure on; `share`: how
    often each token stands in the rows."""

    texts: list[list[int]]
    trained: Asked
    held: dict[str, Asked]
    share: npt.NDArray[np.float64]


def static_texts(data: Path, tokenizer: Tokenizer, *, texts: int, pairs: int) -> StaticTexts:
    """At most so many of each, the languages alike, alike in every run."""
    found = held_out.question_set(json.loads(lzma.decompress(_packed(data))))
    away = {(one.text, one.passage) for one in held_out.held_questions(found)}
    apart = {found.passages[passage].article for _, passage in away}
    chance, made = np.random.default_rng(0), []
    count = np.zeros(tokenizer.get_vocab_size(), dtype=np.int64)
    for language in LANGUAGES:
        row = read_rows(data, language)
        count += np.bincount(row.ids, minlength=len(count))
        made += _cut(row, texts // 2, chance)
    trained, held = Asked([], []), {}
    for language in LANGUAGES:
        asked = [
            one
            for one in found.questions
            if one.answers and found.passages[one.passage].language == language
        ]
        own = [one for one in asked if found.passages[one.passage].article not in apart]
        chosen = [own[n] for n in chance.permutation(len(own))[: pairs // 2]]
        more = _asked(chosen, found, tokenizer)
        trained.questions.extend(more.questions)
        trained.passages.extend(more.passages)
        rest = [one for one in asked if (one.text, one.passage) in away]
        held[language] = _asked(rest, found, tokenizer)
    return StaticTexts(made, trained, held, count / count.sum())


def _packed(data: Path) -> bytes:
    return (data / "questions.json.xz").read_bytes()


def _asked(questions: list[Question], found: QuestionSet, tokenizer: Tokenizer) -> Asked:
    passages = [found.passages[one.passage] for one in questions]
    answers = [one.answers[0] for one in questions]
    texts = [
        f"{passage.title} {passage.text[max(0, start - 300) : start + 300]}"
        for passage, (start, _) in zip(passages, answers, strict=True)
    ]
    return Asked(_ids(tokenizer, [one.text for one in questions]), _ids(tokenizer, texts))


def _ids(tokenizer: Tokenizer, texts: list[str]) -> list[list[int]]:
    encoded = tokenizer.encode_batch(texts, add_special_tokens=False)
    return [one.ids[:LONGEST] or [0] for one in encoded]


def _cut(row: TokenRow, count: int, chance: np.random.Generator) -> list[list[int]]:
    """Beginnings of texts, every other one short like a question."""
    made = []
    for number, text in enumerate(chance.integers(1, len(row.ends), count)):
        first, last = row.ends[text - 1], row.ends[text] - 1
        most = LONGEST if number % 2 else int(chance.integers(SHORTEST, 32))
        if last - first >= SHORTEST:
            made.append(row.ids[first : min(last, first + most)].tolist())
    return made
