"""What glossaries do to search before reading: recall with and without the names that they add."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from training import throwaway_home  # noqa: F401  before all of apps

# isort: split
from apps.core import config
from apps.modelhub.glossaries import Expansion
from apps.modelhub.glossaries.files import shipped_glossary
from apps.retrieval.protocols import Embedder
from benchmarks import datasets, report
from training.bilingual.as_served import EVERYTHING, Corpus, Legs, Passage, Search, embedded
from training.bilingual.embedders import opened

# On questions of its own trade a glossary should help, on others it must not harm.
SETS = ("bbt_finqa_zh", "tatqa", "squad_dev", "cmrc_dev")
GLOSSARIES = ("finance", "medical")
DEPTHS = (1, 5, 10)
THREADS = 2


def main() -> int:
    """Ask every set without and with each glossary; returns the exit code."""
    parser = report.arguments(__doc__)
    parser.add_argument("--sets", nargs="+", default=SETS, choices=SETS)
    parser.add_argument("--limit", type=int, default=600, help="questions of each set")
    parser.add_argument("--cache", type=Path, help="folder of vectors that are kept between runs")
    options = parser.parse_args()
    machine, figures = report.machine(), dict[str, float]()
    embedder = opened(config.load().embedder_dir, threads=THREADS)
    with tempfile.TemporaryDirectory() as folder:
        for name in options.sets:
            asked = datasets.queries(options.shared, name)
            asked = asked[:: max(len(asked) // options.limit, 1)][: options.limit]
            rows = datasets.passages(options.shared, name)
            asking = Asking(rows, asked, embedder, options.cache or Path(folder))
            told = _measured(asking)
            report.say(f"{name}: {json.dumps(told)}")
            figures |= {f"{name}_{key}": value for key, value in told.items()}
    return report.finish(report.Report("expansion", figures, {}, machine), as_json=options.json)


class Asking:
    """The questions of a set, asked of its passages."""

    def __init__(
        self,
        rows: Sequence[Mapping[str, str]],
        asked: Sequence[tuple[str, frozenset[str]]],
        embedder: Embedder,
        cache: Path,
    ) -> None:
        self.asked, self._cache, self._embedder = asked, cache, embedder
        self._corpus = Corpus([Passage(row["id"], row["title"], row["text"]) for row in rows])
        self._search = Search(self._corpus, embedder, cache)
        questions = [question for question, _ in asked]
        self._legs = list(self._search.legs_of(questions))

    def recall(self, expansions: Sequence[Expansion], *, is_embedded: bool) -> dict[str, float]:
        """Shares of the questions whose passage is among the first; `lexical`: by words alone."""
        legs = self._expanded(expansions, is_embedded=is_embedded)
        found: dict[str, list[list[str]]] = {"lexical": [], "fused": []}
        for (question, _), one in zip(self.asked, legs, strict=True):
            words = [self._corpus.hits[candidate.chunk_id].path for candidate in one.lexical]
            ranked = self._search.ranked(one, self._search.weights(question))
            found["lexical"].append(words)
            found["fused"].append([hit.path for hit in ranked])
        return {
            f"{leg}@{depth}": self._share(paths, depth)
            for leg, paths in found.items()
            for depth in DEPTHS
        }

    def _expanded(self, expansions: Sequence[Expansion], *, is_embedded: bool) -> list[Legs]:
        limit, legs = config.load().retrieval.candidates, list(self._legs)
        changed = [number for number, one in enumerate(expansions) if one.synonyms]
        lexical, dense = self._corpus.lexical, self._search.dense
        texts = [" ".join([self.asked[n][0], *expansions[n].added]) for n in changed]
        vectors = embedded(self._embedder, texts, self._cache) if is_embedded and texts else None
        for place, number in enumerate(changed):
            question, others = self.asked[number][0], expansions[number].synonyms
            legs[number] = Legs(
                lexical.search(question, rows=EVERYTHING, limit=limit, others=others),
                legs[number].dense
                if vectors is None
                else dense.search(vectors[place], rows=EVERYTHING, limit=limit),
            )
        return legs

    def _share(self, paths: Sequence[Sequence[str]], depth: int) -> float:
        hits = 0
        for (_, relevant), found in zip(self.asked, paths, strict=True):
            hits += bool(relevant.intersection(list(dict.fromkeys(found))[:depth]))
        return round(hits / len(self.asked), 4)


def _measured(asking: Asking) -> dict[str, float]:
    nothing = [Expansion()] * len(asking.asked)
    told: dict[str, float] = {"questions": len(asking.asked)}
    told |= {f"without_{k}": v for k, v in asking.recall(nothing, is_embedded=False).items()}
    for name in GLOSSARIES:
        glossary = shipped_glossary(name)
        expansions = [glossary.expansions(question) for question, _ in asking.asked]
        told[f"{name}_expanded"] = sum(bool(one.synonyms) for one in expansions)
        for way, is_embedded in (("words", False), ("embedded", True)):
            recall = asking.recall(expansions, is_embedded=is_embedded)
            told |= {f"{name}_{way}_{k}": v for k, v in recall.items()}
    return told


if __name__ == "__main__":
    raise SystemExit(main())
