"""Which profile a question is answered by."""

from collections.abc import Collection
from uuid import UUID

from apps.core import config
from apps.generation.answers import Question
from apps.modelhub.profiles import ProfileSpec, profile_for


def profile_sought(question: Question) -> ProfileSpec:
    """The profile to search by: the request's; else that of all collections searched, where they
    agree; else model.type. Raises Invalid for an unknown one. One query at most."""
    return profile_for(question.profile or config.load().model.type)


def profile_of(question: Question, collections: Collection[UUID]) -> ProfileSpec:
    """The profile to answer by: the request's; else that of the collections that were found in,
    where they agree; else model.type. Raises Invalid for an unknown one. One query at most."""
    return profile_for(question.profile or config.load().model.type)
