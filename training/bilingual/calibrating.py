"""Fits what the reader's figures mean, on training questions that it was held away from:

    python -m training.bilingual.calibrating --reader models/clawdbot-reader \\
        --embedder models/clawdbot-embedder --data DATA

Every question is asked of 2,500 training passages of its language, cut and searched as the product
does, once with the passage that answers it and once without. Writes `calibration` into the reader's
model.json and prints figures. What was read lies in --cache: a run that was cut goes on there.
Needs no torch. The evaluation sets are never looked at.
"""

import argparse
import hashlib
import json
import lzma
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from training import throwaway_home  # noqa: F401  before all of apps

# isort: split
from apps.retrieval.embedders.onnx import OnnxEmbedder
from apps.retrieval.protocols import Embedder, Hit, PassageReader
from apps.retrieval.reader.onnx import OnnxReader
from training.bilingual import corpora, held_out
from training.bilingual.as_served import Corpus, Passage, Search
from training.bilingual.cached_reading import CachedReader
from training.bilingual.calibration_fit import Trial, Trials, calibrate

LANGUAGES = ("en", "zh")
READ = 20  # candidates, as `retrieval.read`
THREADS = 2
PASSAGES = 2500  # of a middling company; the more there are, the more nearly answers a question


@dataclass(frozen=True, slots=True)
class Models:
    """What searches, what reads, and where they keep what they have done."""

    embedder: Embedder
    reader: PassageReader
    cache: Path


@dataclass(frozen=True, slots=True)
class Gold:
    """A held-out question; `path`: its own passage; no answers: that passage does not answer it."""

    text: str
    path: str
    answers: tuple[str, ...]


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", type=Path, required=True, help="folder; its model.json changes")
    parser.add_argument("--embedder", type=Path, required=True, help="folder")
    parser.add_argument("--data", type=Path, required=True, help="folder with questions.json.xz")
    parser.add_argument("--questions", type=int, default=400, help="of each language")
    parser.add_argument("--cache", type=Path, default=Path("build/models"))
    arguments = parser.parse_args(argv)
    reader = CachedReader(OnnxReader(arguments.reader, threads=THREADS), arguments.cache)
    embedder = OnnxEmbedder(arguments.embedder, threads=THREADS)
    models = Models(embedder, reader, arguments.cache)
    packed = (arguments.data / "questions.json.xz").read_bytes()
    found = held_out.question_set(json.loads(lzma.decompress(packed)))
    made = {}
    for language in LANGUAGES:
        trials = trials_of(found, language, models, most=arguments.questions)
        made[language], figures = calibrate(trials)
        print(json.dumps({"language": language} | figures), flush=True)
    write_calibration(arguments.reader, made)


def corpus_of(
    found: corpora.QuestionSet, language: str, asked: Collection[str], most: int = PASSAGES
) -> Corpus:
    """`most` passages of a language, as the product cuts them: those `asked` about (their paths),
    those of their articles, which look most alike, and any others."""
    of_language = [n for n, one in enumerate(found.passages) if one.language == language]
    articles = {found.passages[n].article for n in of_language if _path(n) in asked}

    def place(number: int) -> tuple[bool, bool, bytes]:
        one = found.passages[number]
        drawn = hashlib.sha256(one.text.encode()).digest()
        return _path(number) not in asked, one.article not in articles, drawn

    chosen = sorted(of_language, key=place)[:most]
    passages = [(number, found.passages[number]) for number in sorted(chosen)]
    return Corpus([Passage(_path(number), one.title, one.text) for number, one in passages])


def golds_of(found: corpora.QuestionSet, language: str) -> list[Gold]:
    """The held-out questions of a language."""
    return [
        _gold(found, one)
        for one in held_out.held_questions(found)
        if found.passages[one.passage].language == language
    ]


def trials_of(found: corpora.QuestionSet, language: str, models: Models, *, most: int) -> Trials:
    """Up to `most` held-out questions of a language (and as many that their passage does not
    answer), asked of a knowledge base of PASSAGES."""
    held = golds_of(found, language)
    golds = sampled([one for one in held if one.answers], most)
    beside = sampled([one for one in held if not one.answers], most)
    say(f"{language}: {len(golds)} questions, {len(beside)} that their passage does not answer")
    asked = {gold.path for gold in (*golds, *beside)}
    search = Search(corpus_of(found, language, asked), models.embedder, models.cache)
    say(f"{language}: passages embedded")
    present, absent = [], []
    for gold, ranked in zip(golds, _ranked(search, golds), strict=True):
        without = [hit for hit in ranked if hit.path != gold.path]
        present.append(Trial(_read(models.reader, gold, ranked), gold.path, gold.answers))
        absent.append(Trial(_read(models.reader, gold, without)))
        if len(present) % 50 == 0:
            say(f"{language}: {len(present)} of {len(golds)} read")
    rest = [
        Trial(_read(models.reader, gold, ranked))
        for gold, ranked in zip(beside, _ranked(search, beside), strict=True)
    ]
    return Trials(present, absent, rest)


def sampled(golds: Sequence[Gold], most: int) -> list[Gold]:
    """The same ones at every call, spread over the articles."""
    return sorted(golds, key=lambda one: hashlib.sha256(one.text.encode()).digest())[:most]


def write_calibration(folder: Path, calibration: Mapping[str, Any]) -> None:
    """Put it into model.json; everything else there stays."""
    path = folder / "model.json"
    description = json.loads(path.read_text()) | {"calibration": calibration}
    path.write_text(json.dumps(description, indent=2, ensure_ascii=False) + "\n")


def say(text: str) -> None:
    """Tell on stderr what is being done."""
    print(text, file=sys.stderr, flush=True)


def _gold(found: corpora.QuestionSet, one: corpora.Question) -> Gold:
    text = found.passages[one.passage].text
    answers = tuple(dict.fromkeys(text[start:end] for start, end in one.answers))
    return Gold(one.text, _path(one.passage), answers)


def _path(number: int) -> str:
    return f"passage-{number}"


def _ranked(search: Search, golds: Sequence[Gold]) -> list[list[Hit]]:
    texts = [gold.text for gold in golds]
    legs = search.legs_of(texts) if texts else iter(())
    return [search.ranked(one, search.weights(text)) for text, one in zip(texts, legs, strict=True)]


def _read(reader: PassageReader, gold: Gold, ranked: Sequence[Hit]) -> tuple[Hit, ...]:
    hits = ranked[:READ]
    reads = reader.read(gold.text, [(hit.context, hit.text) for hit in hits], deadline=None)
    return tuple(replace(hit, reading=read) for hit, read in zip(hits, reads, strict=True))


if __name__ == "__main__":
    main()
