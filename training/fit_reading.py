"""Fits how the built-in engine picks sentences and short answers; writes `sentences` and `spans`.

    python -m training.fit_reading ../shared/train

Data: SQuAD 1.1 train (CC BY-SA 4.0), CMRC 2018 train (CC BY-SA 4.0), DRCD test (CC BY-SA 3.0). No
evaluation question is read. Passages are found by BM25 among the paragraphs of the same file, cut
to the size of chunks. Takes a few minutes on one core.
"""

import argparse
import random
import re
import string
from collections.abc import Iterator, Sequence
from pathlib import Path

from apps.generation.reading import ranking
from apps.generation.reading.marking import Sentence
from apps.generation.reading.queries import prepare
from apps.generation.reading.ranking import Ranked
from apps.generation.reading.spans import candidates
from training import builtin_weights, choice_model, passages, squad_json
from training.choice_model import Groups
from training.passages import Found

SOURCES = {
    "en": [("squad_v1.1_train.json.xz", 7000)],
    "zh": [("cmrc2018_train.json.xz", 5000), ("drcd_test_as_train.json.xz", 3000)],
}
PARAGRAPHS = 6000
SENTENCES_READ = 3
SIMILARITY = {"en": 3.0, "zh": 0.0}  # by hand: about that of the other cues; not fitted
_ARTICLE = re.compile(r"\b(?:a|an|the)\b")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("train", type=Path, help="folder with the training files")
    folder = arguments.parse_args().train
    for language, sources in SOURCES.items():
        questions = [found for name, most in sources for found in _retrieved(folder / name, most)]
        sentences = fit_sentences(questions)
        print(language, len(questions), "questions; sentences:", sentences)
        spans = fit_spans(questions, sentences, is_chinese=language == "zh")
        print(language, len(spans), "span features")
        sentences["similarity"] = SIMILARITY[language]
        builtin_weights.write(language, sentences=sentences, spans=spans)


def fit_sentences(questions: Sequence[Found]) -> dict[str, float]:
    """Weights of the sentence features, but for `similarity`, which takes a model."""
    groups = Groups()
    for found in questions:
        groups.add(
            (dict(zip(ranking.NAMES, one.features, strict=True)), found.is_right(one))
            for one in found.sentences
        )
    return choice_model.fit(groups, l2=1e-4)


def fit_spans(
    questions: Sequence[Found], sentences: dict[str, float], *, is_chinese: bool
) -> dict[str, float]:
    """Weights of the span features, `sentence` (the sentence's own score) among them."""
    groups = Groups()
    for found in questions:
        options = list(_span_options(found, sentences, is_chinese=is_chinese))
        if any(is_right for _, is_right in options):
            groups.add(options)
    return choice_model.fit(groups, l2=3e-4, least_count=10)


def _span_options(
    found: Found, sentences: dict[str, float], *, is_chinese: bool
) -> Iterator[tuple[dict[str, float], bool]]:
    query = prepare(found.question.text)
    wanted = _bare(found.question.answer, is_chinese=is_chinese)

    def score(one: Ranked) -> float:
        return sum(
            sentences[name] * value for name, value in zip(ranking.NAMES, one.features, strict=True)
        )

    for one in sorted(found.sentences, key=score, reverse=True)[:SENTENCES_READ]:
        text = found.text_of(one)
        for candidate in candidates(Sentence(text, query)):
            said = _bare(text[candidate.start : candidate.end], is_chinese=is_chinese)
            yield (
                {**candidate.features, "sentence": score(one)},
                said == wanted and found.is_right(one),
            )


def _bare(answer: str, *, is_chinese: bool) -> str:
    """As answers are compared: SQuAD's normalisation; for Chinese without any punctuation."""
    lowered = answer.lower()
    if is_chinese:
        return re.sub(r"[\W_]", "", lowered)
    kept = "".join(char for char in lowered if char not in string.punctuation)
    return " ".join(_ARTICLE.sub(" ", kept).split())


def _retrieved(path: Path, most: int) -> list[Found]:
    paragraphs, questions = squad_json.read(path)
    chance = random.Random(1)
    kept = set(chance.sample(range(len(paragraphs)), min(PARAGRAPHS, len(paragraphs))))
    corpus = passages.Corpus({index: paragraphs[index] for index in sorted(kept)})
    asked = [question for question in questions if question.paragraph in kept]
    chance.shuffle(asked)
    found = (corpus.retrieve(question) for question in asked[:most])
    return [one for one in found if any(map(one.is_right, one.sentences))]


if __name__ == "__main__":
    main()
