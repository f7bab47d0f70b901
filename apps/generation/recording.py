"""What became of a question: its trace, what curators are told, the Answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.generation import conversations, wording
from apps.generation.answers import Answer, Question
from apps.generation.citations import Checked
from apps.generation.courtesy import COURTESY
from apps.generation.curated.serving import CURATED, Served
from apps.generation.engines.choosing import Written
from apps.generation.models import Asking
from apps.generation.open_questions import asking_note
from apps.generation.protocols import Draft
from apps.generation.traces import Outcome, trace_record_ask
from apps.generation.withholding import NEAREST, QUOTING
from apps.modelhub.profiles import ProfileSpec
from apps.retrieval import language
from apps.retrieval.protocols import SearchResult


@dataclass(frozen=True, slots=True)
class Finding:
    """Everything known once the answer is written. `query`: what the question was understood as."""

    query: str
    found: SearchResult
    written: Written
    checked: Checked
    profile: ProfileSpec | None = None  # None: no engine was asked
    leant_on: frozenset[str] = frozenset()  # ids of versions that earlier turns were drawn from

    @property
    def is_answered(self) -> bool:
        return self.written.draft.is_answered and self.checked.is_grounded

    @property
    def tokens(self) -> int:
        """Read and written by the engine, without what its server knew already."""
        used = self.written.draft.usage
        read = used.get("prompt_tokens", 0) - used.get("cached_tokens", 0)
        return max(0, read) + used.get("completion_tokens", 0)


def served(query: str, curated: Served) -> Finding:
    """A curator's answer is certain: its words are not judged, its quotes stand in the sources."""
    draft = Draft(text=curated.text, is_answered=True, confidence=1.0)
    return Finding(
        query=query,
        found=curated.found,
        written=Written(draft, CURATED, ""),
        checked=Checked(curated.text, curated.citations, is_grounded=True),
    )


def courtesy(text: str, reply: str) -> Finding:
    """The friendly line for `text`, which asks nothing: nothing was searched, nothing is cited."""
    return Finding(
        query=text,
        found=SearchResult((), {}, 0, 0, language.detect(text).value),
        written=Written(Draft(text=reply, is_answered=True, confidence=1.0), COURTESY, ""),
        checked=Checked(reply, (), is_grounded=True),
    )


def answer_record(question: Question, finding: Finding, timings_ms: Mapping[str, float]) -> Answer:
    """Store the trace, tell the curators of an unanswered question, and put the answer together."""
    outcome = _outcome(question, finding, {**finding.found.timings_ms, **timings_ms})
    trace = trace_record_ask(question=question, found=finding.found, outcome=outcome)
    if not outcome.is_answered and not question.is_trial:
        asking_note(trace=trace, kind=Asking.Kind.UNANSWERED, asked_in=question.scope)
    if question.conversation:
        conversations.turn_add(question.conversation, question.text)
    return Answer(
        text=outcome.text,
        is_answered=outcome.is_answered,
        confidence=outcome.confidence,
        citations=tuple(outcome.citations),
        nearest=() if outcome.is_answered else tuple(finding.found.hits[:NEAREST]),
        engine=outcome.engine,
        timings_ms=outcome.timings_ms,
        trace=trace.uuid,
        degraded=(*finding.found.degraded, *outcome.degraded),
        short_answer=outcome.short_answer,
        sentences=tuple(outcome.sentences),
        profile=outcome.profile,
        usage=outcome.usage,
    )


def refusal(question: str, found: SearchResult, profile: ProfileSpec | None) -> str:
    """What is said instead of an answer: the profile's words where passages came close."""
    spoken = wording.language_of(question)
    if not found.hits:
        return wording.NOTHING_NEAR[spoken]
    own = profile.refusal.get(spoken, "") if profile else ""
    return own or wording.NOT_FOUND[spoken]


def _outcome(question: Question, finding: Finding, timings_ms: Mapping[str, float]) -> Outcome:
    draft, checked, is_answered = finding.written.draft, finding.checked, finding.is_answered
    profile = finding.profile
    return Outcome(
        search_query=finding.query,
        text=checked.text if is_answered else refusal(question.text, finding.found, profile),
        is_answered=is_answered,
        confidence=draft.confidence,
        citations=checked.citations if is_answered else (),
        engine=finding.written.engine,
        model_sha256=finding.written.model_sha256,
        timings_ms=timings_ms,
        short_answer=draft.short_answer if is_answered else "",
        sentences=checked.sentences if is_answered else (),
        profile=profile.name if profile else "",
        usage=draft.usage,
        degraded=finding.written.degraded,
        leant_on=() if finding.written.engine in QUOTING else sorted(finding.leant_on),
    )
