"""What a collection's list can be narrowed to, with numbers."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language_info

from apps.knowledge.models import Document
from apps.portal.browse.kinds import BY_NAME, kind_of
from ingest.overview import documents_by_facet
from ingest.selectors import STATUSES
from ingest.words import STATUS_WORDS

UNDER_WAY = ("queued", "parsing", "embedding", "indexing")


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that the list can be narrowed to."""

    value: str
    label: Any
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """The documents of a collection in numbers; the choices leave out what there is none of."""

    total: int
    under_way: int
    failed: int
    statuses: list[Choice]
    kinds: list[Choice]
    languages: list[Choice]


def facets_of(documents: QuerySet[Document]) -> Facets:
    """In two queries, however many documents."""
    statuses: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    for facet in documents_by_facet(documents):
        statuses[facet.status] += facet.count
        kinds[kind_of(facet.media_type).name] += facet.count
        languages[facet.language] += facet.count
    return Facets(
        total=statuses.total(),
        under_way=sum(statuses[status] for status in UNDER_WAY),
        failed=statuses["failed"],
        statuses=[Choice(s, STATUS_WORDS[s], statuses[s]) for s in STATUSES if statuses[s]],
        kinds=[Choice(k, BY_NAME[k].label, kinds[k]) for k in BY_NAME if kinds[k]],
        languages=[Choice(c, language_name(c), n) for c, n in languages.most_common() if c],
    )


def language_name(code: str) -> str:
    """The language's own name; its code when it is not known."""
    try:
        return str(get_language_info("zh-hans" if code == "zh" else code)["name_translated"])
    except KeyError:
        return code
