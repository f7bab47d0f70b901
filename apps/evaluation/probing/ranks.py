"""Where a document's best passage stands in each leg, in both together, and once it was read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from apps.core import config
from apps.core.errors import ClawdbotError
from apps.evaluation.probing.steps import Fate, Stage, Step
from apps.knowledge.access import Scope
from apps.knowledge.models import Chunk, Document
from apps.modelhub.glossaries import Expansion
from apps.retrieval import language
from apps.retrieval.filters import row_filter
from apps.retrieval.hits import read_hits, text_fingerprint
from apps.retrieval.protocols import Candidate, Filters, Hit, RowFilter
from apps.retrieval.search import Run, rank, read
from apps.retrieval.searched import Searched
from apps.retrieval.stopwatch import Stopwatch

DEEP = 2000  # a place beyond is not looked for


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as somebody would ask it. `passages`: how many an answer is made of."""

    query: str
    scope: Scope
    expansion: Expansion
    passages: int


class Ranks:
    """One search as it is served, and what it makes of one document."""

    def __init__(self, asked: Asked, document: Document, where: Searched) -> None:
        if where.snapshot is None:
            raise ValueError("There is no index.")
        self._asked, self._document = asked, document
        rows = row_filter(asked.scope, Filters())
        self._run = Run(
            asked.query,
            rows,
            config.load().retrieval.candidates,
            where,
            where.snapshot,
            Stopwatch(),
            expansion=asked.expansion,
        )
        self._spoken = language.detect(asked.query)
        self._ranking = rank(self._run, self._spoken)
        self._hits = _distinct(read_hits(self._ranking.fused, scope=asked.scope))

    def by_meaning(self) -> Step:
        """Its place among vectors."""
        if not self._ranking.weights.dense:
            return Step(
                Stage.MEANING,
                Fate.SKIPPED,
                _("The embedding model does not know this language: words alone are searched."),
            )
        if note := next((one for one in self._run.degraded if one.startswith("dense")), ""):
            return Step(Stage.MEANING, Fate.SKIPPED, note)
        place, score = self._place(self._dense(only=True), self._dense(only=False))
        return self._told(Stage.MEANING, place, score)

    def by_words(self) -> Step:
        """Its place among words."""
        place, score = self._place(self._lexical(only=True), self._lexical(only=False))
        if not place and not score:
            return Step(
                Stage.WORDS,
                Fate.WEAK,
                _("No word of the question stands in it."),
                _("If it uses another name for the same thing, add it to the glossary."),
            )
        return self._told(Stage.WORDS, place, score)

    def together(self) -> Step:
        """Its place in the fused order, and whether it will be read."""
        wanted = config.load().retrieval.read or self._asked.passages
        place = self._first(self._hits)
        if not place:
            if twin := self._twin():
                return Step(
                    Stage.FUSED,
                    Fate.FELL,
                    _("Its best passage has the same text as one of “%(title)s”, which is shown.")
                    % {"title": twin},
                    _("Delete the copy that is out of date."),
                )
            return Step(
                Stage.FUSED,
                Fate.FELL,
                _("Neither way of searching has it among its first %(n)s.")
                % {"n": self._run.limit},
                _("Ask with words of the document, add names to the glossary, or raise "
                  "retrieval.candidates."),
            )  # fmt: skip
        words = _("It stands in place %(place)s of %(all)s.") % {
            "place": place,
            "all": len(self._hits),
        }
        if place > wanted:
            return Step(
                Stage.FUSED,
                Fate.FELL,
                words + " " + _("The reader reads the first %(n)s.") % {"n": wanted},
                _("Raise retrieval.read, or see why others stand before it."),
            )
        return Step(Stage.FUSED, Fate.PASSED, words)

    def read(self) -> tuple[Step, int]:
        """Its place once passages were read; the same when an answer is made of it, else 0."""
        if not config.load().retrieval.read:
            place = self._first(self._hits)
            return Step(Stage.READER, Fate.SKIPPED, _("The reader is switched off.")), place
        limit = max(self._asked.passages, config.load().retrieval.read)
        hits = read(self._run, self._hits[:limit], self._spoken)
        place = self._first(hits)
        own = next(hit for hit in hits if hit.document == self._document.uuid)
        if own.reading is None:
            return Step(Stage.READER, Fate.SKIPPED, _("It was not read: time was over, or another "
                "passage answers for certain.")), place  # fmt: skip
        best = hits[0].reading
        words = _("The reader gives it %(own)s (the best has %(best)s): place %(place)s.") % {
            "own": f"{own.reading.relevance:.1f}",
            "best": f"{best.relevance:.1f}" if best else "–",
            "place": place,
        }
        if place > self._asked.passages:
            words += " " + _("An answer is made of the first %(n)s.") % {"n": self._asked.passages}
            remedy = _("Ask more precisely, or raise answers.passages.")
            return Step(Stage.READER, Fate.FELL, words, remedy), 0
        return Step(Stage.READER, Fate.PASSED if place == 1 else Fate.WEAK, words), place

    def _told(self, stage: Stage, place: int, score: float) -> Step:
        limit = self._run.limit
        if place and place <= limit:
            words = _("Place %(place)s (score %(score)s).")
            told = words % {"place": place, "score": f"{score:.3g}"}
            return Step(stage, Fate.PASSED, told)
        told = _("Place %(place)s (score %(score)s): the first %(n)s are taken.") % {
            "place": place or _("beyond %(n)s") % {"n": DEEP},
            "score": f"{score:.3g}",
            "n": limit,
        }
        return Step(stage, Fate.WEAK, told)

    def _place(self, own: Sequence[Candidate], all_: Sequence[Candidate]) -> tuple[int, float]:
        """Where the best of its own passages stands among all; 0: not among them."""
        if not own:
            return 0, 0.0
        keys = {one.chunk_id for one in own}
        places = (n for n, one in enumerate(all_, start=1) if one.chunk_id in keys)
        return next(places, 0), own[0].score

    def _dense(self, *, only: bool) -> Sequence[Candidate]:
        try:
            vector = self._run.searched.vector_of(self._asked.query)
            return self._run.snapshot.dense.search(vector, rows=self._rows(only=only), limit=DEEP)
        except ClawdbotError:
            return ()

    def _lexical(self, *, only: bool) -> Sequence[Candidate]:
        leg = self._run.snapshot.lexical
        if leg is None:
            return ()
        others = self._asked.expansion.synonyms
        return leg.search(self._asked.query, rows=self._rows(only=only), limit=DEEP, others=others)

    def _rows(self, *, only: bool) -> RowFilter:
        rows = self._run.rows
        return replace(rows, document_ids=frozenset({self._document.pk})) if only else rows

    def _first(self, hits: Sequence[Hit]) -> int:
        places = (n for n, hit in enumerate(hits, 1) if hit.document == self._document.uuid)
        return next(places, 0)

    def _twin(self) -> str:
        """The title of a document whose hit has the text of one of its passages."""
        chunks = Chunk.objects.filter(version=self._document.current_version_id)
        own = {text_fingerprint(text) for text in chunks.values_list("text", flat=True)[:DEEP]}
        shown = (hit.title for hit in self._hits if text_fingerprint(hit.text) in own)
        return next(shown, "")


def _distinct(hits: Sequence[Hit]) -> list[Hit]:
    """The best of each text, in given order."""
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(text_fingerprint(hit.text), hit)
    return list(best.values())
