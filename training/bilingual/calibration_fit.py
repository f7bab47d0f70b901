"""What a reader's figures mean, fitted on questions that it has not seen: plain numpy."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from training import throwaway_home  # noqa: F401  before all of apps

# isort: split
from apps.evaluation import metrics
from apps.retrieval.protocols import Calibration, Hit
from apps.retrieval.reader.confidence import FEATURES, features_of
from apps.retrieval.reader.ranking import is_certain, reordered
from ingest import sentences

Floats = npt.NDArray[np.float64]

WEIGHTS = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)
FALSE_ANSWERS = 0.15  # of the questions that nothing answers, at most
FITTING, OVERLAP = 0.90, 0.5  # share of bare short answers that overlap a right one so far (F1)
LEAST_CERTAIN = 2.0  # relevance (log odds) below which reading never stops early
LOST = 0.002  # of recall and F1, by reading less
BESIDE_SHARE = 0.25  # weight of questions that a similar passage does not answer
RIDGE = 0.001
STEPS = 20
FEWEST = 20
AT_ONCE = 4  # passages that two cores take at a time


@dataclass(frozen=True, slots=True)
class Trial:
    """A question with what the first stage found for it, best first, read.

    `path` is the passage that answers it, `answers` what it says; both empty: none does.
    """

    hits: tuple[Hit, ...]
    path: str = ""
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trials:
    """`present` and `absent`: the same questions with the right passage and without it.

    `beside`: questions whose own passage is there and does not answer them.
    """

    present: Sequence[Trial]
    absent: Sequence[Trial]
    beside: Sequence[Trial] = ()


def best_first(hits: Sequence[Hit], rank_weight: float) -> list[Hit]:
    """Hits in the order after reading, with their new scores."""
    return reordered(hits, [hit.reading for hit in hits], Calibration(rank_weight=rank_weight))


def calibrate(trials: Trials) -> tuple[dict[str, object], dict[str, float]]:
    """The calibration of one language as it stands in model.json, and figures that tell of it."""
    weight = best_weight(trials.present)
    coefficients = _confidence_fit(trials, weight)
    present = confidences(trials.present, weight, coefficients)
    absent = confidences(trials.absent, weight, coefficients)
    beside = confidences(trials.beside, weight, coefficients)
    threshold = balanced(present, absent)
    certain, saved = certain_from(trials.present, weight)
    calibration: dict[str, object] = {
        "rank_weight": weight,
        "certain": certain,
        "intercept": round(float(coefficients[-1]), 4),
        "factors": {
            name: round(float(value), 4)
            for name, value in zip(FEATURES, coefficients, strict=False)
            if value
        },
        "threshold": threshold,
        "short": short_from(trials.present, weight, present),
        "curve": curve(trials.present, weight, present, absent),
    }
    before = metrics.mean([_is_right_passage(trial, trial.hits) for trial in trials.present])
    recall, overlap = _quality(trials.present, weight)
    figures = {
        "questions": len(trials.present),
        "recall_at_1_before": before,
        "recall_at_1": recall,
        "f1": overlap,
        "auc_gone": metrics.area_under_curve(present, absent),
        "auc_beside": metrics.area_under_curve(present, beside),
        "answered_at_10_percent_wrong": metrics.share_above(present, absent, allowed=0.1),
        "answered": metrics.mean([one >= threshold for one in present]),
        "wrongly_answered": metrics.mean([one >= threshold for one in absent]),
        "beside_answered": metrics.mean([one >= threshold for one in beside]),
        "reads_saved": saved,
    }
    return calibration, {name: round(float(value), 4) for name, value in figures.items()}


def best_weight(present: Sequence[Trial]) -> float:
    """The rank weight with the best sum of recall@1 and F1; the smaller one of two equals."""
    return max(WEIGHTS, key=lambda weight: (round(sum(_quality(present, weight)), 6), -weight))


def confidences(trials: Sequence[Trial], weight: float, coefficients: Floats) -> list[float]:
    """Of the best hit of each trial after reading; 0 where nothing was found."""
    if not trials:
        return []
    rows = np.array([_row(trial, weight) for trial in trials])
    given = 1 / (1 + np.exp(-np.clip(rows @ coefficients, -30, 30)))
    found = [bool(trial.hits) for trial in trials]
    return [float(value) for value in np.where(found, given, 0.0)]


def balanced(present: Sequence[float], absent: Sequence[float]) -> float:
    """The confidence at which as many are wrongly refused as wrongly answered; higher where more
    than FALSE_ANSWERS of the latter would be."""
    steps = np.arange(0.005, 1.0, 0.005)
    refused = np.array([np.mean(np.array(present) < step) for step in steps])
    wrong = np.array([np.mean(np.array(absent) >= step) for step in steps])
    fitting = (refused >= wrong) & (wrong <= FALSE_ANSWERS)
    return round(float(steps[int(np.argmax(fitting))]) if fitting.any() else 0.995, 3)


def short_from(present: Sequence[Trial], weight: float, confidence: Sequence[float]) -> float:
    """The least confidence from which FITTING of the best spans overlap a right answer."""
    scores = [metrics.f1(span_text(_best(one, weight)), one.answers) for one in present]
    order = np.argsort(-np.array(confidence))
    fits = np.array(scores)[order] >= OVERLAP
    shares = np.cumsum(fits) / np.arange(1, len(order) + 1)
    fitting = np.flatnonzero((shares >= FITTING) & (np.arange(len(order)) >= FEWEST - 1))
    return round(float(confidence[order[fitting[-1]]]), 3) if len(fitting) else 1.0


def certain_from(present: Sequence[Trial], weight: float) -> tuple[float | None, float]:
    """The least relevance that may end reading without LOST recall or F1, and the share of reads
    that it saves. None when there is none."""
    whole = _quality(present, weight)
    total = sum(len(trial.hits) for trial in present)
    seen = [hit.reading.relevance for one in present for hit in one.hits[:3] if hit.reading]
    for limit in sorted(np.unique(np.quantile(seen, np.arange(0.3, 1.0, 0.02)).round(2))):
        if limit < LEAST_CERTAIN:
            continue
        rule = Calibration(rank_weight=weight, certain=float(limit))
        reads = [reads_until_certain(trial, rule) for trial in present]
        cut = [cut_short(trial, count) for trial, count in zip(present, reads, strict=True)]
        if all(a >= b - LOST for a, b in zip(_quality(cut, weight), whole, strict=True)):
            return float(limit), 1 - sum(reads) / total
    return None, 0.0


def reads_until_certain(trial: Trial, rule: Calibration) -> int:
    """How many hits are read, AT_ONCE at a time, until the best is certain."""
    reads = [hit.reading for hit in trial.hits]
    turns = range(AT_ONCE, len(reads), AT_ONCE)
    return next((end for end in turns if is_certain(reads[:end], rule)), len(reads))


def cut_short(trial: Trial, count: int) -> Trial:
    """The same with only the first `count` hits read."""
    unread = (replace(hit, reading=None) for hit in trial.hits[count:])
    return replace(trial, hits=(*trial.hits[:count], *unread))


def curve(
    present: Sequence[Trial], weight: float, given: Sequence[float], absent: Sequence[float]
) -> list[list[float]]:
    """Rows [threshold, share answered of what can be, wrong among those, share refused of the
    rest], thresholds rising."""
    right = np.array([_is_right(one, weight) for one in present])
    rows = []
    for threshold in np.arange(STEPS) / STEPS:
        answered = np.array(given) >= threshold
        wrong = float((~right[answered]).mean()) if answered.any() else 0.0
        refused = metrics.mean([one < threshold for one in absent])
        rows.append([float(threshold), float(answered.mean()), wrong, refused])
    return [[round(value, 4) for value in row] for row in rows]


def span_text(hit: Hit | None) -> str:
    """The best span of a read hit."""
    if hit is None or hit.reading is None or not hit.reading.spans:
        return ""
    best = hit.reading.spans[0]
    return hit.text[best.start : best.end]


def fit_logistic(rows: Floats, labels: Floats, shares: Floats) -> Floats:
    """Weights of a logistic regression by Newton's method; the last column of `rows` is 1."""
    penalty = np.full(rows.shape[1], RIDGE)
    penalty[-1] = 0.0
    weights = np.zeros(rows.shape[1])
    for _ in range(50):
        given = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        bend = (rows * (shares * given * (1 - given))[:, None]).T @ rows
        slope = rows.T @ (shares * (given - labels)) + penalty * weights
        weights = weights - np.linalg.solve(bend + np.diag(penalty + 1e-9), slope)
    return weights


def _confidence_fit(trials: Trials, weight: float) -> Floats:
    """Features of the best hit against whether its passage is the right one. A feature that would
    count the wrong way round is left out: more of each must never mean less sure."""
    parts = [(trials.present, 1.0), (trials.absent, 1.0), (trials.beside, BESIDE_SHARE)]
    kept = [(part, share) for part, share in parts if part]
    found = [trial for part, _ in kept for trial in part]
    rows = np.array([_row(trial, weight) for trial in found])
    labels = np.array([_is_right_passage(one, best_first(one.hits, weight)) for one in found])
    shares = np.concatenate([np.full(len(part), share / len(part)) for part, share in kept])
    used = [*range(len(FEATURES)), len(FEATURES)]
    while True:
        fitted = fit_logistic(rows[:, used], labels.astype(float), shares)
        against = [place for place, value in zip(used[:-1], fitted[:-1], strict=True) if value < 0]
        if not against:
            weights = np.zeros(len(FEATURES) + 1)
            weights[used] = fitted
            return weights
        used = [place for place in used if place not in against]


def _row(trial: Trial, weight: float) -> list[float]:
    if not trial.hits:
        return [0.0] * (len(FEATURES) + 1)
    found = features_of(best_first(trial.hits, weight))
    return [*(found[name] for name in FEATURES), 1.0]


def _best(trial: Trial, weight: float) -> Hit | None:
    return next(iter(best_first(trial.hits, weight)), None)


def _quality(present: Sequence[Trial], weight: float) -> tuple[float, float]:
    """Recall@1 and F1 of the best span of the best hit."""
    best = [_best(trial, weight) for trial in present]
    recall = [
        hit is not None and hit.path == one.path for hit, one in zip(best, present, strict=True)
    ]
    overlap = [
        metrics.f1(span_text(hit), one.answers) for hit, one in zip(best, present, strict=True)
    ]
    return metrics.mean(recall), metrics.mean(overlap)


def _is_right_passage(trial: Trial, ordered: Sequence[Hit]) -> bool:
    return bool(trial.path and ordered and ordered[0].path == trial.path)


def _is_right(trial: Trial, weight: float) -> bool:
    """The sentence that would be shown is of the right passage and holds a right answer."""
    hit = _best(trial, weight)
    if hit is None or hit.path != trial.path or not hit.reading or not hit.reading.spans:
        return False
    span = hit.reading.spans[0]
    shown = [
        hit.text[start:end]
        for start, end in sentences.split(hit.text)
        if start < span.end and span.start < end
    ]
    return any(metrics.contains(" ".join(shown), answer) for answer in trial.answers)
