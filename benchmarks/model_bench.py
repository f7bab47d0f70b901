"""The figures of embedder and reader on the evaluation sets, made by the product's own parts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from training import throwaway_home  # noqa: F401  before all of apps

# isort: split
from apps.evaluation import golden_set, metrics
from apps.evaluation.golden_set import GoldQuestion
from apps.retrieval.fusion import Weights
from apps.retrieval.protocols import Embedder, Hit
from benchmarks import datasets, report
from benchmarks.model_reading import Reading, cites_evidence, is_right, span_scores
from training.bilingual.as_served import Corpus, Passage, Search
from training.bilingual.embedders import opened

DEPTHS = (1, 5, 10)
GOLD_SETS = {"squad_dev", "cmrc_dev", "drcd_dev", "xquad_en", "xquad_zh"}
GONE_SETS = {"squad_dev", "cmrc_dev"}  # of these answers are judged, too
FINANCE_SETS = {"bbt_finqa_zh", "tatqa"}  # compared with reading what words alone find
EVIDENCE_SETS = {"expmrc_en", "expmrc_zh"}
CROSSED = {"xquad_zh": "xquad_en", "xquad_en": "xquad_zh"}  # questions of, passages of
THREADS = 2
WRONG = 0.10
Figures = dict[str, float]


class Bench:
    """What was loaded, and the sets. Figures come set by set, part by part."""

    def __init__(self, shared: Path, cache: Path, limit: int | None, sample: int) -> None:
        self._shared, self._cache = shared, cache
        self._limit, self._sample = limit, min(sample, limit or sample)
        self._embedders: dict[str, Embedder] = {}
        self._reading: Reading | None = None
        self._right: list[bool] = []
        self.folders: dict[str, Path] = {}
        self._corpus = lru_cache(maxsize=2)(self._load_corpus)
        self._search = lru_cache(maxsize=4)(self._load_search)

    def load(self, embedder: Path, reader: Path, others: Mapping[str, Path]) -> None:
        """Open the models that are there; the first embedder is ours, `others` are compared."""
        for name, folder in {"": embedder, "reader": reader, **others}.items():
            if not (folder / "model.json").exists():
                report.say(f"left out, not there: {folder}")
                continue
            self.folders[name] = folder
            if name == "reader":
                self._reading = Reading(folder, self._cache, threads=THREADS)
            elif folder != embedder or not name:
                self._embedders[name] = opened(folder, threads=THREADS)

    def figures(self, sets: Sequence[str], parts: Sequence[str]) -> Iterator[Figures]:
        """Everything that `parts` name and the models allow."""
        for name in sets:
            if "embed" in parts:
                yield from self._retrieval(name)
            if self._reading is not None and "" in self._embedders:
                yield from self._read(name, set(parts), self._reading)
        if self._right:
            yield {"answer_accuracy": metrics.mean(self._right)}
        if self._reading is not None and self._reading.offered:
            yield {"reads_saved": 1 - self._reading.reads / self._reading.offered}

    def _retrieval(self, name: str) -> Iterator[Figures]:
        asked = self._questions(name, self._limit)
        yield {f"{name}_questions": len(asked)}
        for model in self._embedders:
            yield self._recall(f"{name}_{model}" if model else name, name, model, asked)
            if name in CROSSED:
                other = CROSSED[name]
                swap = [_moved(one, name, other) for one in asked]
                title = f"{name}_on_{other}" + (f"_{model}" if model else "")
                yield self._recall(title, other, model, swap)

    def _recall(
        self, title: str, passages: str, model: str, asked: Sequence[GoldQuestion]
    ) -> Figures:
        report.say(f"{title}: {len(asked)} questions")
        search = self._search(passages, model)
        kinds: dict[str, Callable[[str], Weights]] = {
            "hybrid": search.weights,
            "dense": lambda _: Weights(0.0, 1.0),
            "lexical": lambda _: Weights(1.0, 0.0),
        }
        if model:
            del kinds["lexical"]  # the same for all models
        found: dict[str, list[list[str]]] = {kind: [] for kind in kinds}
        legs = search.legs_of([one.text for one in asked])
        for one, of_question in zip(asked, legs, strict=True):
            for kind, weights in kinds.items():
                found[kind].append(_paths(search.ranked(of_question, weights(one.text))))
        figures: Figures = {}
        for kind, ranked in found.items():
            figures |= _recalls(f"{title}_{kind}", asked, ranked)
        return figures

    def _read(self, name: str, parts: set[str], reading: Reading) -> Iterator[Figures]:
        if "gold" in parts and name in GOLD_SETS:
            yield self._gold(name, reading)
        if "beside" in parts and name == "squad_dev":
            yield self._beside(name, reading)
        wanted = {"read"} | ({"gone", "answers"} if name in GONE_SETS else set())
        wanted |= {"evidence"} if name in EVIDENCE_SETS else set()
        if wanted & parts:
            yield from self._served(name, wanted & parts, reading)

    def _served(self, name: str, parts: set[str], reading: Reading) -> Iterator[Figures]:
        """What needs the found passages read."""
        asked, search = self._questions(name, self._sample), self._search(name, "")
        before, after, without, worded = [], [], [], []
        legs = search.legs_of([one.text for one in asked])
        for number, (one, of_question) in enumerate(zip(asked, legs, strict=True)):
            hits = search.ranked(of_question, search.weights(one.text))
            before.append(hits)
            after.append(reading.after(one.text, hits))
            if "gone" in parts:
                left = [hit for hit in hits if hit.path not in one.relevant]
                without.append(reading.after(one.text, left))
            if name in FINANCE_SETS:
                words = search.ranked(of_question, Weights(1.0, 0.0))
                worded.append((one, reading.after(one.text, words)))
            if number % 100 == 0:
                report.say(f"{name}: {number} of {len(asked)} read")
        yield {f"{name}_sample": len(asked)} | _recalls(
            f"{name}_sample_hybrid", asked, list(map(_paths, before))
        )
        yield _recalls(f"{name}_read", asked, list(map(_paths, after)))
        pairs = list(zip(asked, after, strict=True))
        yield _spans(f"{name}_end_to_end", pairs)
        if worded:
            yield _spans(f"{name}_lexical_end_to_end", worded)
        if "gone" in parts:
            yield _gone(name, pairs, without, reading)
        if "answers" in parts:
            yield self._answers(name, pairs, reading)
        if "evidence" in parts:
            yield self._evidence(name, pairs, reading)

    def _gold(self, name: str, reading: Reading) -> Figures:
        """The reader on the right passage alone, whichever of its chunks it takes."""
        asked = self._questions(name, self._limit)
        report.say(f"{name}: the right passages of {len(asked)} questions")
        return _spans(
            f"{name}_gold",
            [(one, reading.alone(one.text, self._chunks(name, one.relevant))) for one in asked],
        )

    def _beside(self, name: str, reading: Reading) -> Figures:
        """Questions on their own passage, answered there or not."""
        rows = datasets.unanswerable(self._shared, name)
        trick = [
            GoldQuestion(id=one_id, text=text, relevant=frozenset([passage]))
            for one_id, text, passage in rows
        ]
        sides = {}
        asked = (self._questions(name, self._sample), golden_set.sample(trick, self._sample))
        for side, questions in zip(("is", "not"), asked, strict=True):
            report.say(f"{name}: {len(questions)} on their own passage")
            sides[side] = [
                (one, reading.alone(one.text, self._chunks(name, one.relevant)))
                for one in questions
            ]
        scores: dict[str, Callable[[GoldQuestion, list[Hit]], float]] = {
            "": lambda one, hits: reading.confidence(one.text, hits),
            "_relevance": lambda _, hits: hits[0].reading.relevance if hits[0].reading else 0.0,
            "_margin": lambda _, hits: _margin(hits[0]),
        }
        return {
            f"{name}_beside_auc{kind}": metrics.area_under_curve(
                [score(*pair) for pair in sides["is"]], [score(*pair) for pair in sides["not"]]
            )
            for kind, score in scores.items()
        }

    def _answers(
        self, name: str, pairs: Sequence[tuple[GoldQuestion, list[Hit]]], reading: Reading
    ) -> Figures:
        drafts = [(one, reading.draft(one, hits)) for one, hits in pairs]
        right = [is_right(one, draft) for one, draft in drafts]
        self._right += right
        return {
            f"{name}_answer_accuracy": metrics.mean(right),
            f"{name}_answered": metrics.mean([draft.is_answered for _, draft in drafts]),
        }

    def _evidence(
        self, name: str, pairs: Sequence[tuple[GoldQuestion, list[Hit]]], reading: Reading
    ) -> Figures:
        marked = datasets.evidences(self._shared, name)
        served = [
            cites_evidence(reading.draft(one, hits, least=0.0), marked[one.id])
            for one, hits in pairs
        ]
        alone = [reading.alone(one.text, self._chunks(name, one.relevant)) for one, _ in pairs]
        drafts = [
            reading.draft(one, hits, least=0.0) for (one, _), hits in zip(pairs, alone, strict=True)
        ]
        right = [
            cites_evidence(draft, marked[one.id])
            for (one, _), draft in zip(pairs, drafts, strict=True)
        ]
        return {
            f"{name}_evidence": metrics.mean(served),
            f"{name}_evidence_in_right_passage": metrics.mean(right),
        }

    def _chunks(self, name: str, paths: frozenset[str]) -> list[Hit]:
        corpus = self._corpus(name)
        return [hit for path in sorted(paths) for hit in corpus.of_passage.get(path, [])]

    def _questions(self, name: str, most: int | None) -> list[GoldQuestion]:
        path = self._shared / "eval" / name / "queries.jsonl.xz"
        passages = frozenset(self._corpus(name).of_passage)
        return golden_set.sample(golden_set.read_questions(path, passages=passages), most)

    def _load_corpus(self, name: str) -> Corpus:
        rows = datasets.passages(self._shared, name)
        return Corpus([Passage(row["id"], row["title"], row["text"]) for row in rows])

    def _load_search(self, name: str, model: str) -> Search:
        return Search(self._corpus(name), self._embedders[model], self._cache)


def _gone(
    name: str,
    pairs: Sequence[tuple[GoldQuestion, list[Hit]]],
    without: Sequence[list[Hit]],
    reading: Reading,
) -> Figures:
    """The same questions with the right passage and without it: told apart by confidence."""
    there = [reading.confidence(one.text, hits) for one, hits in pairs]
    gone = [
        reading.confidence(one.text, hits) for (one, _), hits in zip(pairs, without, strict=True)
    ]
    return {
        f"{name}_gone_auc": metrics.area_under_curve(there, gone),
        f"{name}_answered_at_10_percent_wrong": metrics.share_above(there, gone, allowed=WRONG),
    }


def _moved(one: GoldQuestion, source: str, target: str) -> GoldQuestion:
    """The question with the same passages of a parallel set: their ids differ in the language."""
    source, target = source.replace("_", "-"), target.replace("_", "-")
    return replace(one, relevant=frozenset(p.replace(source, target) for p in one.relevant))


def _spans(title: str, pairs: Sequence[tuple[GoldQuestion, list[Hit]]]) -> Figures:
    scores = [span_scores(one, hits) for one, hits in pairs if one.answers]
    return {
        f"{title}_em": metrics.mean([em for em, _ in scores]),
        f"{title}_f1": metrics.mean([f1 for _, f1 in scores]),
    }


def _recalls(title: str, asked: Sequence[GoldQuestion], ranked: Sequence[Sequence[str]]) -> Figures:
    pairs = list(zip(ranked, asked, strict=True))
    return {
        f"{title}_recall_at_{k}": metrics.mean(
            [metrics.is_recalled(paths, one.relevant, k=k) for paths, one in pairs]
        )
        for k in DEPTHS
    }


def _paths(hits: Sequence[Hit]) -> list[str]:
    return metrics.distinct(hit.path for hit in hits)


def _margin(hit: Hit) -> float:
    return hit.reading.spans[0].score if hit.reading and hit.reading.spans else -1e9
