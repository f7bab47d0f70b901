"""How surely a sentence that says the opposite of its passage is marked, and how often one that
does not is marked by mistake.

Sentences of evaluation passages are changed by rule (contradiction_pairs.py) and checked as those
of an answer that cites the passage: `detected_*` by what was done to them, `false_*` of such as
still say the same, `asked` in the words of people. `*_before`: the same pairs without the search
for contradictions. Rules were set on the sets of `--tuning`; figures are of
others that share no passage with them (but for 14 of 1,873 of musique).
"""

import argparse
import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import mean, quantiles
from typing import TYPE_CHECKING, TypeVar

import django

from benchmarks import datasets, report
from training import throwaway_home  # noqa: F401  before all of apps

if TYPE_CHECKING:
    from benchmarks.contradiction_pairs import Pair

TUNING = ("squad_dev", "expmrc_en", "xquad_en", "multihop_alt_hotpotqa_train100", "cmrc_dev",
          "expmrc_zh", "bbt_finqa_zh")  # fmt: skip
HELD_OUT = ("tatqa", "multihop_alt_musique_train100", "drcd_dev", "xquad_zh", "crud_load")
WANTED = ("negated", "unnegated", "number", "duty", "direction")
_CHINESE = ("cmrc_dev", "bbt_finqa_zh", "drcd_dev", "xquad_zh", "expmrc_zh", "crud_load")
# Without questions, with questions of one mould, with questions of several passages at once.
_NOT_ASKED = ("crud_load", "bbt_finqa_zh", "multihop_alt_hotpotqa_train100",
              "multihop_alt_musique_train100")  # fmt: skip
_SEED = 2026
T = TypeVar("T")


def main() -> int:
    """Make the pairs, check them both ways, report."""
    options = _options()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clawdbot_site.settings")
    django.setup()
    machine = report.machine()
    rows = [row for name in options.sets for row in _rows(options, name)]
    figures = _figures(rows)
    goals: dict[str, report.Goal] = {
        name: (">=", 0.9)
        for name in figures
        if name.startswith("detected_") and name.split("_", 2)[2] in WANTED
    }
    for language in ("en", "zh"):
        goals[f"false_{language}"] = ("<=", 0.02)
        goals[f"false_{language}_added"] = ("<=", 0.01)
    done = report.Report("contradictions", figures, goals, machine)
    return report.finish(done, as_json=options.json)


def _options() -> argparse.Namespace:
    parser = report.arguments(__doc__ or "")
    parser.add_argument("--sets", nargs="+", default=HELD_OUT)
    parser.add_argument("--tuning", action="store_const", const=TUNING, dest="sets")
    parser.add_argument("--passages", type=int, default=300, help="of each set")
    parser.add_argument("--show", default="", help="print pairs of this kind that went wrong")
    return parser.parse_args()


Row = tuple[str, str, bool, bool, bool, float]  # language, how, faithful, before, after, ms


def _rows(options: argparse.Namespace, name: str) -> Iterator[Row]:
    from apps.generation.checking.sentences import sentences_of
    from apps.generation.checking.support import UNSUPPORTED, support_by_words
    from apps.generation.reading.terms import numbers_in

    language = "zh" if name in _CHINESE else "en"
    for pair in _pairs(options.shared, name, options.passages):
        has_other_number = bool(numbers_in(pair.said) - numbers_in(pair.passage))
        by_words = support_by_words(pair.said, [pair.passage])
        before = has_other_number or by_words == UNSUPPORTED
        begun = time.thread_time()
        (*_others, last) = sentences_of(f"{pair.said} [1]", [pair.passage])
        took_ms = (time.thread_time() - begun) * 1000
        after = last.support == UNSUPPORTED
        if pair.how == options.show and (after == pair.is_faithful):
            report.say(f"{last.reason} {before} | {pair.said} | {pair.passage[:2000]}\n")
        yield language, pair.how, pair.is_faithful, before, after, took_ms


def _pairs(shared: Path, name: str, count: int) -> Iterator["Pair"]:
    from apps.generation.reading.sentences import split_sentences
    from benchmarks.contradiction_pairs import pairs_of, told_by_people

    dice = random.Random(_SEED)
    known = datasets.passages(shared, name)
    by_id = {one["id"]: one["text"] for one in known}
    for text in _sample([one["text"] for one in known if "|" not in one["text"]], count):
        told = [text[start:end] for start, end in split_sentences(text) if 12 < end - start < 300]
        own = [one for one in told if _is_chinese(one) == (name in _CHINESE)]
        for sentence in dice.sample(own, min(3, len(own))):
            yield from pairs_of(sentence, text, dice)
    if name not in _NOT_ASKED:
        asked = datasets.answered(shared, name)
        for question, answer, relevant in _sample(asked, count):
            pair = told_by_people(question, answer, by_id[relevant])
            if pair and _is_chinese(pair.said) == (name in _CHINESE):
                yield pair


def _is_chinese(text: str) -> bool:
    return sum("\u4e00" <= char <= "\u9fff" for char in text) > len(text) / 4


def _sample(rows: Sequence[T], count: int) -> Iterator[T]:
    return islice(rows[:: max(1, len(rows) // count)], count)


def _figures(rows: Sequence[Row]) -> dict[str, float]:
    by_kind: defaultdict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for language, how, is_faithful, before, after, _ms in rows:
        group = "false" if is_faithful else "detected"
        by_kind[f"{group}_{language}_{how}"].append((before, after))
        if is_faithful:
            by_kind[f"false_{language}"].append((before, after))
    figures: dict[str, float] = {}
    for name in sorted(by_kind):
        figures[f"{name}_pairs"] = len(by_kind[name])
        figures[f"{name}_before"] = mean(before for before, _after in by_kind[name])
        figures[name] = mean(after for _before, after in by_kind[name])
    for language in ("en", "zh"):
        name = f"false_{language}"
        if name in figures:
            figures[f"{name}_added"] = figures[name] - figures[f"{name}_before"]
    times = [row[-1] for row in rows]
    figures |= {"sentence_ms": mean(times), "sentence_p99_ms": quantiles(times, n=100)[-1]}
    return {name: round(value, 4) for name, value in figures.items()}


if __name__ == "__main__":
    sys.exit(main())
