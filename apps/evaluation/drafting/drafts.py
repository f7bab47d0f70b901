"""The use-case: drafts of golden questions from a collection's documents, for people to approve."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.errors import Conflict, Invalid
from apps.core.text import detect_language
from apps.evaluation.drafting import model_writing, patterns_en, patterns_zh
from apps.evaluation.drafting.checking import check
from apps.evaluation.golden_questions import GoldenDraft, golden_question_add
from apps.evaluation.models import GoldenQuestion, GoldenSet
from apps.generation.reading.sentences import is_title, split_sentences
from apps.generation.upstream import Target
from apps.knowledge import access
from apps.knowledge.access import Scope, chunks_of, documents_of
from apps.knowledge.models import Chunk, Permission

MOST = 50
A_DOCUMENT = 3  # drafts
CHUNKS_A_DOCUMENT = 8
_SHORTEST, _LONGEST = 12, 240  # characters of a sentence that is asked about


@dataclass(frozen=True, slots=True)
class Drafting:
    """How many are wanted, whether a language model may write them, how long it may take."""

    wanted: int = 20
    with_model: bool = True
    limit_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Drafted:
    """How many drafts were added, of how many questions that were made up; `model`: who wrote,
    empty: the rules did."""

    added: int
    tried: int
    model: str = ""


def golden_questions_draft(*, golden_set: GoldenSet, by: User, wanted: Drafting) -> Drafted:
    """Write questions for passages that `by` may read, a few of each document; keep those that the
    reader answers from that passage with that answer.

    With a language model of the house where one is there, else by the forms of sentences. The
    order of documents is random and always the same; what is there already is passed over. Raises
    Invalid for a number out of bounds or without a document, ModelDamaged without a reader, and as
    `access.require` (MANAGE).
    """
    access.require(by, Permission.MANAGE, golden_set.collection)
    if not 1 <= wanted.wanted <= MOST:
        raise Invalid(_("From 1 to %(most)s drafts at a time.") % {"most": MOST})
    target = model_writing.writer() if wanted.with_model else None
    until = time.monotonic() + wanted.limit_s
    added = tried = 0
    for chunks in _passages(golden_set, by):
        of_document = 0
        for chunk in chunks:
            for question, answer in _pairs(target, chunk):
                tried += 1
                if check(question, answer, chunk).is_answered:
                    of_document += _add(golden_set, by, chunk, (question, answer))
            if of_document >= A_DOCUMENT or time.monotonic() > until:
                break
        added += of_document
        if added >= wanted.wanted or time.monotonic() > until:
            break
    return Drafted(added, tried, target.model if target else "")


def _passages(golden_set: GoldenSet, by: User) -> Iterator[list[Chunk]]:
    """Some passages of each document, documents in a random order that is always the same."""
    scope = Scope.of(by).within(frozenset({golden_set.collection_id}))
    keys = list(documents_of(scope).order_by().values_list("pk", "uuid"))
    if not keys:
        raise Invalid(_("There is no document in the collection yet that you may read."))
    asked = GoldenQuestion.documents.through.objects.filter(
        goldenquestion__golden_set=golden_set, goldenquestion__origin="document"
    )
    known = set(asked.values_list("document_id", flat=True))
    keys.sort(key=lambda one: (one[0] in known, hashlib.sha256(one[1].bytes).digest()))
    for key, _uuid in keys:
        chunks = chunks_of(scope).filter(version__document=key)
        chunks = chunks.select_related("version__document__collection").order_by("ordinal")
        yield list(chunks[:CHUNKS_A_DOCUMENT])


def _pairs(target: Target | None, chunk: Chunk) -> Iterator[tuple[str, str]]:
    if target is not None:
        yield from model_writing.pairs_of(target, chunk.text, chunk.context)
        return
    title = chunk.version.document.title
    for start, end in split_sentences(chunk.text):
        sentence = chunk.text[start:end]
        is_plain = _SHORTEST <= len(sentence) <= _LONGEST and "\n" not in sentence
        if is_plain and not is_title(chunk.text, start, end, chunk.heading):
            patterns = patterns_zh if detect_language(sentence) == "zh" else patterns_en
            pair = next(iter(patterns.pairs_of(sentence, title)), None)
            if pair:
                yield pair


def _add(golden_set: GoldenSet, by: User, chunk: Chunk, pair: tuple[str, str]) -> bool:
    question, answer = pair
    draft = GoldenDraft(
        collection=golden_set.collection,
        text=question,
        answers=[answer],
        documents=[chunk.version.document.uuid],
        golden_set=golden_set,
        evidence=_sentence_with(chunk.text, answer),
        origin=GoldenQuestion.Origin.DOCUMENT,
        state=GoldenQuestion.State.DRAFT,
    )
    try:
        golden_question_add(by=by, draft=draft)
    except (Conflict, Invalid):  # there already, or too long for a set
        return False
    return True


def _sentence_with(text: str, answer: str) -> str:
    spans = [text[start:end] for start, end in split_sentences(text)]
    return next((one for one in spans if answer in one), text[:_LONGEST])
