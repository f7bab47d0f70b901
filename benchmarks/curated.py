"""How surely a curated question is told from its neighbours: pairs of questions of one paragraph.

    .venv/bin/python -m benchmarks.curated ../shared/train/squad_v1.1_train.json.xz

The questions of a paragraph are about the same matter and mostly have different answers: the
hardest pairs to keep apart. Prints how many pairs there are, how many are taken for the same
question, how many of those have the same answer, and the others, to be read.

Measured (2026-11): SQuAD 1.1 train, 185,735 pairs: 47 are taken for the same, 32 of them with
literally the same answer; the other 15, read one by one, are the same question with its answer
marked differently ("127 devices" and "Up to 127 devices"). CMRC 2018 train, 17,501 pairs: 1, with
the same answer. Before the words of the question phrase and the directions were compared there
were 101 pairs, at least 20 of them wrong (which year / which month, opt-in / opt-out). Likeness of
vectors >= 0.95 with three quarters of the words shared: 27 % of 115 pairs had the same answer.
Those sets shaped the rules. On question sets not looked at before (SQuAD, CMRC, DRCD dev and XQuAD
zh, 10,168 pairs) 3 were taken for the same, all 3 with the same answer. Hand-made rewordings,
English and Chinese: 27 of 33 found (missed: passive voice, a word left out), none of 26 traps.
"""

import json
import lzma
import os
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import django


def groups(path: Path) -> Iterator[list[tuple[str, str]]]:
    """The (question, answer) pairs of each paragraph of a SQuAD-style file."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        articles = json.load(file)["data"]
    for article in articles:
        for paragraph in article["paragraphs"]:
            yield [
                (one["question"], one["answers"][0]["text"])
                for one in paragraph["qas"]
                if one.get("answers") and not one.get("is_impossible")
            ]


def main(path: Path) -> None:
    """Compare every pair of each paragraph and print what is taken for the same."""
    from apps.generation.curated.matching import is_same, phrase_of
    from apps.generation.curated.serving import is_similar

    pairs = same_answer = 0
    others: list[str] = []
    for questions in groups(path):
        for (one, answer), (other, other_answer) in combinations(questions, 2):
            first, second = phrase_of(one), phrase_of(other)
            pairs += first.key != second.key
            if first.key == second.key or not is_same(first, second):
                continue
            if not is_similar(first, second):
                continue
            if answer.strip().lower() == other_answer.strip().lower():
                same_answer += 1
            else:
                others.append(f"{one} | {other} | {answer} | {other_answer}")
    print(
        f"pairs {pairs}, taken for the same {same_answer + len(others)}, same answer {same_answer}"
    )
    print("\n".join(others))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clawdbot_site.settings")
    django.setup()
    main(Path(sys.argv[1]))
