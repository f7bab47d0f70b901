"""The use-case: a question in, a cited answer or an honest refusal out."""

import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from apps.core import config, metering
from apps.core.errors import Invalid, NotFound
from apps.generation import citations, conversations, followups
from apps.generation.admission import NODE, Admission, Caller, Priority, admission_events
from apps.generation.answers import Answer, Question, StatusEvent, TokenEvent
from apps.generation.courtesy import COURTESY, reply_to
from apps.generation.curated import serving
from apps.generation.engines import choosing
from apps.generation.profiles import profile_of, profile_sought
from apps.generation.prompting import prompt_for
from apps.generation.protocols import Prompt, Waiting
from apps.generation.recalling import Memory
from apps.generation.recording import Finding, answer_record, courtesy, served
from apps.generation.watch import Watch
from apps.modelhub.profiles import profile_require
from apps.retrieval.search import search

MAX_CHARACTERS = 2000
METERED = {"write": metering.Stage.GENERATE, "check": metering.Stage.VERIFY}


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
            end = time.perf_counter()
            self.ms[stage] = round(self.ms.get(stage, 0.0) + 1000 * (end - start), 2)
            metering.noted(METERED.get(stage, ""), start, end)


def answer(question: Question) -> Answer:
    """Answer in one piece. Raises what `answer_stream` raises."""
    *__, last = answer_stream(question)
    assert isinstance(last, Answer)  # noqa: S101  # promised by answer_stream
    return last


def answer_stream(question: Question) -> Iterator[StatusEvent | TokenEvent | Answer]:
    """What is being done and the answer's text as they come; the Answer is the last item.

    Tokens come only when the question is answered, and joined they are the answer's text, save
    marks of sources that do not exist. Closing the iterator early frees its place and stores no
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
    if question.profile:
        profile_require(question.profile)
    if question.conversation and question.conversation.user_id != question.user.pk:
        raise NotFound(_("There is no such conversation of yours. Leave it out to start afresh."))
    return _answered(question, text)


def _answered(question: Question, text: str) -> Iterator[StatusEvent | TokenEvent | Answer]:
    metering.asked(text)
    clock = Clock()
    admission = yield from _admitted(question, clock)
    with admission, clock.timing("total"):
        yield StatusEvent("searching")
        query, sought = _queries(question, text)
        with clock.timing("curated"):
            found_served = serving.curated_find(question, query)
        watch = Watch(question.scope)
        if found_served:
            watch.check(found_served.found)
            metering.spoke()
            yield TokenEvent(found_served.text)
            finding = served(query, found_served)
        elif reply := reply_to(text):
            yield TokenEvent(reply)
            finding = courtesy(text, reply)
        else:
            finding = yield from _from_documents(question, (query, sought), clock, watch)
        admission.spend(finding.tokens)
    given = answer_record(question, finding, clock.ms)
    if found_served:
        serving.curated_count(found_served)
    watch.check(finding.found)
    _meter(finding, given)
    yield given


def _meter(finding: Finding, given: Answer) -> None:
    used = finding.written.draft.usage
    metering.spent(
        read=used.get("prompt_tokens", 0),
        cached=used.get("cached_tokens", 0),
        written=used.get("completion_tokens", 0),
    )
    model = given.engine.partition(":")[2] or finding.written.model_sha256
    metering.written_by(given.engine, model)
    metering.traced(given.trace, generation=finding.found.index_generation)
    if given.engine != COURTESY:
        metering.answered(given.is_answered)


def _admitted(question: Question, clock: Clock) -> Generator[StatusEvent, None, Admission]:
    """Waits for its turn, telling the place in the queue."""
    caller, priority = Caller.of(question.user, question.key), question.priority
    if question.is_trial:
        caller, priority = NODE, Priority.BATCH
    with (
        clock.timing("admission"),
        closing(admission_events(caller, priority=priority)) as events,
    ):
        while True:
            try:
                queued = next(events)
            except StopIteration as admitted:
                admission: Admission = admitted.value
                return admission
            yield StatusEvent("queued", queued.position, queued.wait_s)


def _from_documents(
    question: Question, queries: tuple[str, str], clock: Clock, watch: Watch
) -> Generator[StatusEvent | TokenEvent, None, Finding]:
    query, sought = queries
    searching = profile_sought(question)
    with clock.timing("search"):
        found = search(
            sought,
            scope=question.scope,
            top_k=searching.passages or config.load().answers.passages,
            filters=question.filters,
            expansion=searching.glossary.expansions(sought),
        )
    yield StatusEvent("reading")
    profile = profile_of(question, {hit.collection for hit in found.hits})
    memory = Memory(question)
    prompt = prompt_for(sought, found, profile, asked=question.text.strip(), recall=memory)
    written = yield from watch.guarding(_written(prompt, clock), found)
    with clock.timing("check"):
        checked = citations.check(written.draft)
    return Finding(query, found, written, checked, profile, memory.versions)


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
    prompt: Prompt, clock: Clock
) -> Generator[StatusEvent | TokenEvent, None, choosing.Written]:
    """Passes the engine's pieces on as tokens, and its place in a queue."""
    with closing(choosing.write(prompt)) as pieces:
        while True:
            try:
                with clock.timing("write"):
                    piece = next(pieces)
            except StopIteration as done:
                written: choosing.Written = done.value
                return written
            if isinstance(piece, Waiting):
                yield StatusEvent("queued", piece.position, piece.wait_s)
            else:
                metering.spoke()
                yield TokenEvent(piece)
