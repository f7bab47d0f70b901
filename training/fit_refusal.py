"""Fits when the built-in engine refuses; writes `refusal` into its weights.

    CLAWDBOT_HOME=/tmp/fit python -m training.fit_refusal ../shared/eval

Every question is asked twice of its own corpus, loaded through the ordinary ingest path: as it is,
and with the hits of its gold passages taken out. A logistic regression over a few features tells
the two apart, all sets weighing the same. Its intercept is then moved so that at confidence 0.5 the
sets wrongly answer `ALLOWED_WRONG` of the questions whose passage is gone, on average. Printed
beside: the same for each set by a fit that has not seen it.
"""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import django
import numpy as np
import numpy.typing as npt

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clawdbot_site.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

from apps.evaluation import golden_set, workspace  # noqa: E402
from apps.evaluation.golden_set import GoldQuestion  # noqa: E402
from apps.evaluation.workspace import Workspace  # noqa: E402
from apps.generation.calibration import FEATURES  # noqa: E402
from apps.generation.reading.reader import Similarity, read  # noqa: E402
from apps.ops.erasure import purge  # noqa: E402
from apps.retrieval import embedding  # noqa: E402
from apps.retrieval.protocols import Hit  # noqa: E402
from apps.retrieval.search import search  # noqa: E402
from training import builtin_weights  # noqa: E402

SETS = {
    "en": ["squad_dev", "xquad_en", "expmrc_en"],
    "zh": ["cmrc_dev", "drcd_dev", "xquad_zh", "expmrc_zh", "bbt_finqa_zh"],
}
QUESTIONS = 250
PASSAGES = 8
ALLOWED_WRONG = 0.10
L2 = 0.001
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """One set: a row of features (and a last 1) per asking, and whether the passage was there."""

    rows: Floats
    is_there: npt.NDArray[np.bool_]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("evaluation", type=Path, help="folder with the evaluation sets")
    folder = arguments.parse_args().evaluation
    call_command("migrate", verbosity=0)
    for language, names in SETS.items():
        asked = {name: _ask(folder / name, language) for name in names}
        for name in names:
            unseen = _fit([asked[other] for other in names if other != name])
            _report(f"{name}, unseen", asked[name], unseen)
        fitted = _fit(list(asked.values()))
        for name in names:
            _report(name, asked[name], fitted)
        values = dict(zip([*FEATURES, "intercept"], fitted.round(4).tolist(), strict=True))
        builtin_weights.write(language, refusal=values)


def _ask(folder: Path, language: str) -> Asked:
    with workspace.opened(purge) as space:
        passages = golden_set.read_passages(folder / "corpus.jsonl.xz", limit=None)
        loaded = space.load(passages, lambda stage, done, total: None)
        everything = golden_set.read_questions(folder / "queries.jsonl.xz", passages=loaded.paths)
        rows, is_there = [], []
        for question in golden_set.sample(everything, QUESTIONS):
            for hits, has_gold in _hits(question, space):
                rows.append(_features(question.text, hits, language))
                is_there.append(has_gold)
    return Asked(np.array(rows), np.array(is_there))


def _hits(question: GoldQuestion, space: Workspace) -> list[tuple[list[Hit], bool]]:
    """With the gold passage, if it was found, and without; the scores of the rest do not change."""
    found = search(question.text, scope=space.scope, top_k=2 * PASSAGES).hits
    left = [hit for hit in found if hit.path not in question.relevant]
    first = list(found[:PASSAGES])
    without = [(left[:PASSAGES], False)]
    return [(first, True), *without] if first != left[:PASSAGES] else without


def _features(question: str, hits: Sequence[Hit], language: str) -> list[float]:
    embedder = embedding.embedder()
    similarity = (
        Similarity(embedder, embedding.embed_query(question))
        if language in embedder.languages
        else None
    )
    features: Mapping[str, float] = read(question, hits, similarity=similarity).features
    return [*(features.get(name, 0.0) for name in FEATURES), 1.0]


def _fit(sets: Sequence[Asked]) -> Floats:
    """Weights by Newton's method, then the intercept by the share of wrong answers allowed."""
    rows = np.concatenate([asked.rows for asked in sets])
    labels = np.concatenate([asked.is_there for asked in sets]).astype(float)
    shares = np.concatenate(
        [np.full(len(asked.rows), 1 / len(asked.rows) / len(sets)) for asked in sets]
    )
    penalty = np.full(rows.shape[1], L2)
    penalty[-1] = 0.0
    weights = np.zeros(rows.shape[1])
    for _ in range(50):
        given = 1 / (1 + np.exp(-rows @ weights))
        curve = (rows * (shares * given * (1 - given))[:, None]).T @ rows + np.diag(penalty + 1e-9)
        weights -= np.linalg.solve(curve, rows.T @ (shares * (given - labels)) + penalty * weights)
    weights[-1] += _shift(sets, weights)
    return weights


def _shift(sets: Sequence[Asked], weights: Floats) -> float:
    """What to add to every score so that on average `ALLOWED_WRONG` of the wrong ones pass 0."""
    absent = [asked.rows[~asked.is_there] @ weights for asked in sets]
    steps = np.arange(-3.0, 3.0, 0.01)
    wrong = [np.mean([(scores + step > 0).mean() for scores in absent]) for step in steps]
    return float(steps[int(np.argmin(np.abs(np.array(wrong) - ALLOWED_WRONG)))])


def _report(name: str, asked: Asked, weights: Floats) -> None:
    scores = asked.rows @ weights
    there, absent = scores[asked.is_there], scores[~asked.is_there]
    auc = (there[:, None] > absent[None, :]).mean()
    at_ten = (there > np.quantile(absent, 1 - ALLOWED_WRONG)).mean()
    print(
        f"{name}: AUC {auc:.3f}; answered at 10 % wrong {at_ten:.2f}; "
        f"at 0.5: answered {(there > 0).mean():.2f}, wrong {(absent > 0).mean():.2f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
