"""What was asked in a month, as topics: how often, by how many, how well; never by whom.

A wording is shown when so many different people asked just that, else the words that so many people
share (reports.min_people). What fewer people asked is only counted.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from django.db.models import Q

from apps.core import config
from apps.core.errors import ClawdbotError
from apps.generation.courtesy import questions_asked
from apps.generation.models import Asking, OpenQuestion
from apps.generation.question_keys import question_key
from apps.ops.reports.grouping import groups
from apps.ops.reports.naming import is_personal, terms_shared
from apps.retrieval import embedding, generation_models
from apps.retrieval.model_files import ModelDamaged
from apps.retrieval.protocols import Vectors

logger = logging.getLogger(__name__)
MOST_WORDINGS = 1000  # of the most frequent ones topics are made
MOST_CHARACTERS = 300  # of a wording that is shown
LISTED = 10


@dataclass(frozen=True, slots=True)
class Place:
    """A collection; its name is empty when it was deleted."""

    key: int
    name: str


@dataclass(frozen=True, slots=True)
class Topic:
    """Questions about the same. `text`: a wording; empty where none may be shown. `terms`: what the
    questions share. `collections`: where they belong, as far as that is known."""

    text: str
    terms: Sequence[str]
    asked: int
    people: int
    answered: int
    collections: Sequence[Place] = ()


@dataclass(frozen=True, slots=True)
class Topics:
    """The most frequent ones first. `asked`: all questions; `apart`: those that are in no topic
    shown, because too few people asked them, or because there are more topics than are listed."""

    topics: Sequence[Topic]
    asked: int
    apart: int
    min_people: int


@dataclass(slots=True)
class Wording:
    """One wording of a question, with everybody who used it."""

    text: str
    people: set[int] = field(default_factory=set)
    asked: int = 0
    answered: int = 0
    collections: set[Place] = field(default_factory=set)


def top_topics(since: datetime, until: datetime) -> Topics:
    """What was asked most between these times, answered or not."""
    wordings: dict[str, Wording] = {}
    asked = questions_asked().filter(created_at__gte=since, created_at__lt=until, is_replaced=False)
    rows = asked.order_by("pk").values_list("question", "search_query", "user_id", "is_answered")
    for question, search_query, user, is_answered in rows.iterator(chunk_size=2000):
        wording = _wording(wordings, search_query or question)
        wording.people.add(user)
        wording.asked += 1
        wording.answered += is_answered
    return _topics(wordings)


def open_topics(since: datetime, until: datetime) -> Topics:
    """What the documents did not answer well between these times, and is not settled yet."""
    wordings: dict[str, Wording] = {}
    counted = Q(trace__is_replaced=False) | Q(kind=Asking.Kind.REPORTED)
    askings = Asking.objects.filter(
        counted,
        created_at__gte=since,
        created_at__lt=until,
        question__state=OpenQuestion.State.OPEN,
    )
    rows = askings.values_list(
        "question__text", "trace__user_id", "trace_id",
        "question__collection_id", "question__collection__name",
    )  # fmt: skip
    seen: set[int] = set()
    for text, user, trace, key, name in rows.order_by("pk").iterator(chunk_size=2000):
        wording = _wording(wordings, text)
        wording.people.add(user)
        if trace not in seen:  # not found, and sent to the curator: one question
            wording.asked += 1
            seen.add(trace)
        if key and name:
            wording.collections.add(Place(key, name))
    return _topics(wordings)


def _wording(wordings: dict[str, Wording], text: str) -> Wording:
    """The one of this text, whatever its layout."""
    return wordings.setdefault(question_key(text), Wording(" ".join(text.split())))


def _topics(wordings: dict[str, Wording]) -> Topics:
    min_people = config.load().reports.min_people
    total = sum(one.asked for one in wordings.values())
    often = sorted(wordings.values(), key=lambda one: (-one.asked, one.text))[:MOST_WORDINGS]
    often = [one for one in often if not is_personal(one.text)]
    found = [_topic([often[at] for at in group], min_people) for group in _grouped(often)]
    shown = [topic for topic in found if topic.people >= min_people and (topic.text or topic.terms)]
    shown.sort(key=lambda topic: (-topic.asked, -topic.people, topic.text, topic.terms))
    listed = shown[:LISTED]
    return Topics(listed, total, total - sum(topic.asked for topic in listed), min_people)


def _topic(group: Sequence[Wording], min_people: int) -> Topic:
    people = set[int]().union(*(one.people for one in group))
    common = [one for one in group if len(one.people) >= min_people]
    places: defaultdict[Place, set[int]] = defaultdict(set)
    for one in group:
        for place in one.collections:
            places[place] |= one.people
    return Topic(
        text=_shortened(common[0].text) if common else "",
        terms=terms_shared([(one.text, one.people) for one in group], min_people=min_people),
        asked=sum(one.asked for one in group),
        people=len(people),
        answered=sum(one.answered for one in group),
        collections=sorted(places, key=lambda place: (-len(places[place]), place.name))[:2],
    )


def _shortened(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1].rstrip() + "…"


def _grouped(wordings: Sequence[Wording]) -> Iterable[Sequence[int]]:
    if not wordings:
        return []
    vectors = _vectors([one.text for one in wordings])
    return groups(vectors, [one.asked for one in wordings])


def _vectors(texts: Sequence[str]) -> Vectors:
    """By the model that searches. Without it each wording is like no other."""
    try:
        return embedding.embedder().embed(texts)
    except (ClawdbotError, ModelDamaged, OSError, RuntimeError) as error:
        logger.warning("the questions of the report are not grouped: %s", error)
        return np.eye(len(texts), dtype=np.float32)
    finally:
        generation_models.release()  # a worker that reads files needs none
