"""The use-case: a question, a document, and at which stage it falls out of the answer, and why."""

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import config
from apps.core.errors import ClawdbotError, Forbidden, Invalid
from apps.evaluation.probing import standing
from apps.evaluation.probing.ranks import Asked, Ranks
from apps.evaluation.probing.steps import Fate, Probe, Stage, Step
from apps.generation.profiles import profile_in
from apps.generation.rehearsal import rehearse
from apps.knowledge import access
from apps.knowledge.access import Scope
from apps.knowledge.models import Document, Permission
from apps.retrieval import searched
from apps.retrieval.protocols import Filters

MAX_CHARACTERS = 2000


def probe(question: str, document: Document, *, asker: User, by: User) -> Probe:
    """Follow the document through a question that `asker` would ask in its collection.

    Nothing is recorded. Stops at the first stage that nothing comes out of; a stage that lost it is
    told with what to do. `by` looks: they must manage the collection and may read the document;
    only superusers look as somebody else. Raises Invalid, NotFound, Forbidden.
    """
    text = question.strip()
    if not text or len(text) > MAX_CHARACTERS:
        told = _("Write a question of at most %(most)s characters.")
        raise Invalid(told % {"most": MAX_CHARACTERS})
    if document.deleted_at is None:
        access.require_on(by, Permission.MANAGE, document)
    else:
        access.require(by, Permission.MANAGE, document.collection)
    if asker.pk != by.pk and not by.is_superuser:
        raise Forbidden(_("Only superusers look as somebody else."))
    related = ("collection", "current_version", "latest_version")
    document = Document.objects.select_related(*related).get(pk=document.pk)  # as it is now
    where = searched.current()
    found = Probe(
        [
            standing.status_of(document),
            standing.rights_of(document, asker),
            standing.text_of(document),
            standing.index_of(document, where),
        ]
    )
    if found.fell_at is not None:
        return found
    scope = Scope.of(asker).within(frozenset({document.collection_id}))
    profile = profile_in(scope)
    passages = profile.passages or config.load().answers.passages
    asked = Asked(text, scope, profile.glossary.expansions(text), passages)
    ranks = Ranks(asked, document, where)
    steps = [*found.steps, ranks.by_meaning(), ranks.by_words(), ranks.together()]
    if steps[-1].fate is Fate.FELL:
        return Probe(steps)
    reading, place = ranks.read()
    steps.append(reading)
    if reading.fate is Fate.FELL:
        return Probe(steps)
    return Probe([*steps, _answered(text, document, scope)], rank=place)


def _answered(text: str, document: Document, scope: Scope) -> Step:
    try:
        given = rehearse(text, scope=scope, filters=Filters())
    except ClawdbotError as error:
        return Step(Stage.ANSWER, Fate.SKIPPED, error.message)
    figures = {"sure": f"{given.confidence:.2f}", "least": f"{given.min_confidence:.2f}"}
    if not given.is_answered:
        return Step(
            Stage.ANSWER,
            Fate.FELL,
            _("Nothing is answered: the confidence is %(sure)s, %(least)s are needed.") % figures,
            _("Lower the demand of the collection if such passages do answer such questions."),
        )
    if any(citation.document == document.uuid for citation in given.citations):
        return Step(Stage.ANSWER, Fate.PASSED, _("The answer cites it (%(sure)s).") % figures)
    titles = ", ".join(dict.fromkeys(citation.title for citation in given.citations))
    return Step(
        Stage.ANSWER,
        Fate.FELL,
        _("The answer rests on others: %(titles)s.") % {"titles": titles},
        _("If this one is right, see whether those are out of date, or write a curated answer."),
    )
