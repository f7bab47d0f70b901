"""The company's own terms of a profile: kept, and beside the shipped ones."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from apps.core.errors import Conflict
from apps.modelhub.glossaries import Glossary, GlossaryTerm
from apps.modelhub.glossaries.files import MOST_TERMS, shipped_glossary, shipped_terms
from apps.modelhub.glossaries.words import keys_of_name
from apps.modelhub.models import Profile, Term

_BATCH = 1_000


def own_terms(profile: Profile) -> list[GlossaryTerm]:
    """The company's terms, by their names. One query."""
    return [as_glossary_term(term) for term in profile.terms.order_by("en", "zh", "pk")]


def as_glossary_term(term: Term) -> GlossaryTerm:
    """The row as a term; what stands among its synonyms with `?` behind it is ambiguous."""
    names = [str(name) for name in term.synonyms]
    plain = [name.removesuffix("?").strip() for name in names]
    marked = frozenset(name for name, written in zip(plain, names, strict=True) if name != written)
    others = dict.fromkeys(name for name in plain if name and name not in (term.en, term.zh))
    return GlossaryTerm(term.en, term.zh, tuple(others), term.note, marked)


def glossary_with(profile: Profile) -> Glossary:
    """The shipped terms of the profile, where it uses them, with the company's. A name that the
    company gives to a term of its own means that term alone. One query."""
    own = own_terms(profile)
    if not own:
        return shipped_glossary(profile.name) if profile.uses_glossary else Glossary()
    shipped = shipped_terms(profile.name) if profile.uses_glossary else ()
    return Glossary([*own, *_without_names(shipped, own)])


@transaction.atomic
def terms_replace(profile: Profile, terms: Sequence[GlossaryTerm]) -> None:
    """The company's terms become these, in every process within a second."""
    profile.terms.all().delete()
    _add(profile, terms)


@transaction.atomic
def terms_add(profile: Profile, terms: Sequence[GlossaryTerm]) -> None:
    """These come to the company's terms, in place of those with the same two names."""
    names = {(term.en, term.zh) for term in terms}
    known = profile.terms.values_list("pk", "en", "zh")
    Term.objects.filter(pk__in=[pk for pk, en, zh in known if (en, zh) in names]).delete()
    _add(profile, terms)


def profile_changed(profile: Profile) -> None:
    """Tell every process that the profile or its terms changed, once the transaction is over."""
    Profile.objects.filter(pk=profile.pk).update(revision=F("revision") + 1)


def _add(profile: Profile, terms: Sequence[GlossaryTerm]) -> None:
    if profile.terms.count() + len(terms) > MOST_TERMS:
        raise Conflict(
            _("A glossary may have %(most)s terms.") % {"most": f"{MOST_TERMS:,}"},
        )
    rows = (
        Term(profile=profile, en=one.en, zh=one.zh, synonyms=_synonyms(one), note=one.note)
        for one in terms
    )
    Term.objects.bulk_create(rows, batch_size=_BATCH)
    profile_changed(profile)


def _synonyms(term: GlossaryTerm) -> list[str]:
    marked = [f"{name}?" for name in (term.en, term.zh) if name in term.ambiguous]
    return marked + [f"{name}?" if name in term.ambiguous else name for name in term.others]


def _without_names(
    shipped: Iterable[GlossaryTerm], own: Iterable[GlossaryTerm]
) -> list[GlossaryTerm]:
    taken = {keys for term in own for name in term.names for keys in keys_of_name(name)}
    left = []
    for term in shipped:
        if taken.intersection((*keys_of_name(term.en), *keys_of_name(term.zh))):
            continue
        others = (name for name in term.others if not taken.intersection(keys_of_name(name)))
        left.append(replace(term, others=tuple(others)))
    return left
