"""For random people, grants, denials, deletions and filters, a search equals brute force.

Brute force is `tests.worlds`: plain Python over what the world was made of.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.knowledge.access import Scope
from apps.knowledge.models import DocumentGrant
from apps.retrieval import indexer
from apps.retrieval.embedding import current_generation
from apps.retrieval.filters import row_filter
from apps.retrieval.index_snapshot import current_snapshot
from apps.retrieval.protocols import Filters, RowFilter
from apps.retrieval.search import search
from tests.factories import CollectionFactory, UserFactory
from tests.worlds import WORDS, World, descriptions, indexable, vector_of

pytestmark = pytest.mark.django_db

slow_is_fine = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
teams = st.sampled_from([None, None, "hr"])
limits = st.sampled_from([1, 3, 40])


def filters_of(team):
    return Filters(metadata={"team": team} if team else {})


def rows_of(world, team):
    return row_filter(Scope.of(world.user), filters_of(team))


@slow_is_fine
@given(descriptions, teams, limits, st.sampled_from(WORDS))
def test_the_dense_leg_is_exact_inside_the_scope(db, told, team, limit, word):
    world = World.of(told, follow=indexer.catch_up)
    wanted = vector_of(word)
    scores = {pk: float(vector_of(text) @ wanted) for pk, text in world.live(team=team).items()}

    dense = current_snapshot(current_generation().pk).dense
    found = dense.search(wanted, rows=rows_of(world, team), limit=limit)

    best = sorted(scores.values(), reverse=True)[:limit]
    assert {candidate.chunk_id for candidate in found} <= scores.keys()
    assert [scores[candidate.chunk_id] for candidate in found] == pytest.approx(best, abs=2e-3)


@slow_is_fine
@given(descriptions, teams, limits, st.sampled_from(WORDS))
def test_the_lexical_leg_is_the_whole_ranking_without_what_is_forbidden(
    db, told, team, limit, word
):
    world = World.of(told, follow=indexer.catch_up)
    allowed = {pk for pk, text in world.live(team=team).items() if word in text}
    lexical = current_snapshot(current_generation().pk).lexical
    documents = frozenset(one.pk for one in world.documents)
    everything = RowFilter(frozenset(), granted_ids=documents)
    whole = lexical.search(word, rows=everything, limit=1000)

    found = lexical.search(word, rows=rows_of(world, team), limit=limit)

    best = [one.score for one in whole if one.chunk_id in allowed]
    assert {candidate.chunk_id for candidate in found} <= allowed
    assert [candidate.score for candidate in found] == pytest.approx(best[:limit])
    assert len(best) == len(allowed)


@slow_is_fine
@given(descriptions, teams, st.sampled_from(WORDS))
def test_a_search_finds_all_that_may_be_read_and_nothing_else(db, told, team, word):
    world = World.of(told, follow=indexer.catch_up)

    hits = search(
        word, scope=Scope.of(world.user), top_k=50, filters=filters_of(team), reading=False
    ).hits

    assert {hit.chunk_id: hit.text for hit in hits} == world.answering(team=team)


@slow_is_fine
@given(descriptions, descriptions, st.sampled_from(WORDS))
def test_what_was_taken_away_after_the_scope_was_made_is_not_shown(db, told, later, word):
    world = World.of(told, follow=indexer.catch_up)
    scope = Scope.of(world.user)
    world.change_rules(later)

    hits = search(word, scope=scope, top_k=50, reading=False).hits

    assert {hit.chunk_id for hit in hits} <= world.answering().keys()


@pytest.mark.parametrize("is_granted", [True, False])
def test_the_one_passage_that_may_be_read_is_found_among_hundreds(is_granted):
    user, best = UserFactory(), f"{' '.join(WORDS)} {' '.join(WORDS)}"
    place = CollectionFactory(readers=[] if is_granted else [user])
    for number in range(200):
        chunk = indexable(f"{best} {number}", version__document__collection=place)
        if not is_granted:
            DocumentGrant.objects.create(document=chunk.version.document, user=user, is_denied=True)
    mine = indexable("vault of no other word", version__document__collection=place)
    if is_granted:
        DocumentGrant.objects.create(document=mine.version.document, user=user)
    indexer.catch_up()

    hits = search("vault", scope=Scope.of(user), top_k=1).hits

    assert [hit.chunk_id for hit in hits] == [mine.pk]
