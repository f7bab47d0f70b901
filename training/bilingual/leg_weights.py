"""How much each leg of the search should count with an embedder, on held-out training questions:

    python -m training.bilingual.leg_weights --embedder models/clawdbot-embedder --data DATA

Prints recall for several weights of the vectors (words count 1): what `weights_for` in
apps/retrieval/fusion.py should say. The evaluation sets are never looked at.
"""

import argparse
import json
import lzma
from collections.abc import Sequence
from pathlib import Path

from training import throwaway_home  # noqa: F401  before all of apps

# isort: split
from apps.evaluation import metrics
from apps.retrieval.fusion import Weights
from training.bilingual import held_out
from training.bilingual.as_served import Search
from training.bilingual.calibrating import LANGUAGES, Gold, corpus_of, golds_of, sampled
from training.bilingual.embedders import opened

DENSE = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
DEPTHS = (1, 5, 10, 20)


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--embedder", type=Path, required=True, help="folder")
    parser.add_argument("--data", type=Path, required=True, help="folder with questions.json.xz")
    parser.add_argument("--questions", type=int, default=1000, help="of each language")
    parser.add_argument("--cache", type=Path, default=Path("build/models"))
    arguments = parser.parse_args(argv)
    embedder = opened(arguments.embedder, threads=2)
    packed = (arguments.data / "questions.json.xz").read_bytes()
    found = held_out.question_set(json.loads(lzma.decompress(packed)))
    for language in LANGUAGES:
        search = Search(corpus_of(found, language), embedder, arguments.cache)
        held = [one for one in golds_of(found, language) if one.answers]
        golds = sampled(held, arguments.questions)
        for row in recalls(search, golds):
            print(json.dumps({"language": language, "questions": len(golds)} | row), flush=True)


def recalls(search: Search, golds: Sequence[Gold]) -> list[dict[str, float]]:
    """Recall at DEPTHS for each weight of the vectors, and for the vectors alone."""
    legs = list(search.legs_of([gold.text for gold in golds]))
    rows = []
    for weights in [*(Weights(1.0, dense) for dense in DENSE), Weights(0.0, 1.0)]:
        paths = [metrics.distinct(hit.path for hit in search.ranked(one, weights)) for one in legs]
        pairs = list(zip(paths, golds, strict=True))
        row = {"lexical": weights.lexical, "dense": weights.dense}
        for k in DEPTHS:
            right = [metrics.is_recalled(ranked, {gold.path}, k=k) for ranked, gold in pairs]
            row[f"recall_at_{k}"] = round(metrics.mean(right), 4)
        rows.append(row)
    return rows


if __name__ == "__main__":
    main()
