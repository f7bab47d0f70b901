"""The use-case: a question in, a cited answer or an honest refusal out."""

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from apps.core import config
from apps.core.errors import Invalid, NotFound
from apps.generation import citations, conversations, engines, followups, slots, wording
from apps.generation.answers import Answer, Question, StatusEvent, TokenEvent
from apps.generation.citations import Checked
from apps.generation.curated import serving
from apps.generation.curated.serving import CURATED, Served
from apps.generation.models import Asking
from apps.generation.open_questions import asking_note
from apps.generation.prompting import prompt_for
from apps.generation.protocols import Draft, Engine
from apps.generation.traces import Outcome, trace_record_ask
from apps.generation.watch import Watch
from apps.generation.withholding import NEAREST
from apps.retrieval.protocols import SearchResult
from apps.retrieval.search import search

MAX_CHARACTERS = 2000
_NOTHING = Checked(text="", citations=())


@dataclass(slots=True)
class Clock:
    """Milliseconds by stage."""

    ms: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timing(self, stage: str) -> Iterator[None]:
        """Add the time spent inside to `stage`."""
        start = time.perf_counter()
        try:
            yield
        finally:
            spent = 1000 * (time.perf_counter() - start)
            self.ms[stage] = round(self.ms.get(stage, 0.0) + spent, 2)


def answer(question: Question) -> Answer:
    """Answer in one piece. Raises what `answer_stream` raises."""
    *__, last = answer_stream(question)
    assert isinstance(last, Answer)  # noqa: S101  # promised by answer_stream
    return last


def answer_stream(question: Question) -> Iterator[StatusEvent | TokenEvent | Answer]:
    """What is being done and the answer's text as they come; the Answer is the last item.

    Tokens come only when the question is answered, and joined they are the answer's text, save
    marks of sources that do not exist. Closing the iterator early frees its slot and stores no
    trace. Raises at the call: Invalid (empty or overlong question), NotFound (conversation of
    another user). Raises at the first item: Overloaded; later: Retryable (engine out of reach),
    Conflict `source_deleted`: nothing that was deleted meanwhile is told any more.
    """
    text = question.text.strip()
    if not text:
        raise Invalid(_("The question is empty. Write what you want to know."))
    if len(text) > MAX_CHARACTERS:
        raise Invalid(
            _(
                "The question has %(length)s characters; %(most)s are the most. "
                "Ask shorter, or upload the text as a document and ask about it."
            )
            % {"length": f"{len(text):,}", "most": f"{MAX_CHARACTERS:,}"}
        )
    if question.conversation and question.conversation.user_id != question.user.pk:
        raise NotFound(_("There is no such conversation of yours. Leave it out to start afresh."))
    return _answered(question, text)


def _answered(question: Question, text: str) -> Iterator[StatusEvent | TokenEvent | Answer]:
    clock = Clock()
    with slots.answering.taken(), clock.timing("total"):
        yield StatusEvent("searching")
        query, sought = _queries(question, text)
        with clock.timing("curated"):
            served = serving.curated_find(question, query)
        watch = Watch()
        if served:
            watch.check(served.found)
            yield TokenEvent(served.text)
            written = _served(query, served)
        else:
            found, draft = yield from _from_documents(question, sought, clock, watch)
            written = _checked(query, found, draft, clock)
    given = _recorded(question, written, clock)
    if served:
        serving.curated_count(served)
    watch.check(written.found)
    yield given


def _from_documents(
    question: Question, sought: str, clock: Clock, watch: Watch
) -> Generator[StatusEvent | TokenEvent, None, tuple[SearchResult, Draft]]:
    with clock.timing("search"):
        found = search(
            sought,
            scope=question.scope,
            top_k=config.load().answers.passages,
            filters=question.filters,
        )
    yield StatusEvent("reading")
    writing = _written(engines.engine(), sought, found, clock)
    draft = yield from watch.guarding(writing, found)
    return found, draft


def _checked(query: str, found: SearchResult, draft: Draft, clock: Clock) -> "_Written":
    engine = engines.engine()
    with clock.timing("check"):
        checked = citations.check(draft) if draft.is_answered else _NOTHING
    return _Written(query, found, draft, checked, engine.name, engine.model_sha256)


def _served(query: str, served: Served) -> "_Written":
    """A curator's answer is certain, and held up by its sources word for word."""
    return _Written(
        query=query,
        found=served.found,
        draft=Draft(text=served.text, is_answered=True, confidence=1.0),
        checked=Checked(text=served.text, citations=served.citations),
        engine=CURATED,
        model_sha256="",
    )


@dataclass(frozen=True, slots=True)
class _Written:
    """Everything known once the answer is written."""

    query: str
    found: SearchResult
    draft: Draft
    checked: Checked
    engine: str
    model_sha256: str

    @property
    def is_answered(self) -> bool:
        return self.draft.is_answered and self.checked.is_grounded


def _queries(question: Question, text: str) -> tuple[str, str]:
    """What is searched for, as people are told it, and as the machine reads it best."""
    previous = question.previous
    if question.conversation is not None:
        previous = conversations.previous_question(question.conversation, before=question.replaces)
    return (
        followups.search_query(text, previous=previous),
        followups.sought(text, previous=previous),
    )


def _written(
    engine: Engine, query: str, found: SearchResult, clock: Clock
) -> Generator[TokenEvent, None, Draft]:
    """Passes the engine's pieces on as tokens; returns its draft."""
    prompt = prompt_for(query, found)
    pieces = engine.write(prompt)
    while True:
        with clock.timing("write"):
            piece = next(pieces)
        if isinstance(piece, Draft):
            return piece
        yield TokenEvent(piece)


def _recorded(question: Question, written: _Written, clock: Clock) -> Answer:
    """Store the trace and put the answer together."""
    timings = {**written.found.timings_ms, **clock.ms}
    draft, checked = written.draft, written.checked
    text = checked.text if written.is_answered else _refusal(question.text, written.found)
    cited = checked.citations if written.is_answered else ()
    trace = trace_record_ask(
        question=question,
        found=written.found,
        outcome=Outcome(
            search_query=written.query,
            text=text,
            is_answered=written.is_answered,
            confidence=draft.confidence,
            citations=cited,
            engine=written.engine,
            model_sha256=written.model_sha256,
            timings_ms=timings,
            short_answer=draft.short_answer if written.is_answered else "",
        ),
    )
    if not written.is_answered and not question.is_trial:
        asking_note(trace=trace, kind=Asking.Kind.UNANSWERED, asked_in=question.scope)
    if question.conversation:
        conversations.turn_add(question.conversation, question.text)
    return Answer(
        text=text,
        is_answered=written.is_answered,
        confidence=draft.confidence,
        citations=cited,
        nearest=() if written.is_answered else tuple(written.found.hits[:NEAREST]),
        engine=written.engine,
        timings_ms=timings,
        trace=trace.uuid,
        degraded=written.found.degraded,
        short_answer=draft.short_answer if written.is_answered else "",
    )


def _refusal(question: str, found: SearchResult) -> str:
    language = wording.language_of(question)
    return (wording.NOT_FOUND if found.hits else wording.NOTHING_NEAR)[language]
