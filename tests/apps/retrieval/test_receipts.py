"""What nodes report about deletions, and when a receipt is complete."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from apps.core.nodes import node_name
from apps.knowledge.models import Erasure
from apps.retrieval import index_following, receipts
from apps.retrieval.models import NodeIndex

pytestmark = pytest.mark.django_db
HERE = node_name()


@pytest.fixture
def receipt():
    """Purged from the database; versions 1 and 2 were retired by changes 4 and 5."""
    return Erasure.objects.create(
        target="collection", target_uuid=uuid4(), version_ids=[1, 2], change_seq=5,
        purged_at=timezone.now(),
    )  # fmt: skip


def node(name=HERE, *, purged_seq=0, seen_ago=timedelta(0)):
    NodeIndex.objects.create(node=name, change_seq=9, purged_seq=purged_seq)
    NodeIndex.objects.filter(node=name).update(updated_at=timezone.now() - seen_ago)


def mine(receipt):
    return receipt.nodes.get(node=HERE)


def test_rows_are_counted_over_all_publishes_that_followed_a_deletion(receipt):
    receipts.index_followed(4, {1: 10, 7: 3})
    assert (mine(receipt).rows, mine(receipt).followed_at) == (10, None)

    receipts.index_followed(5, {2: 4})

    assert mine(receipt).rows == 14
    assert mine(receipt).followed_at is not None


def test_reporting_again_counts_nothing_twice(receipt):
    receipts.index_followed(5, {1: 10})
    before = receipt.nodes.values().get()

    receipts.index_followed(6, {1: 10})

    assert receipt.nodes.values().get() == before


def test_a_receipt_is_complete_when_the_last_node_alive_has_purged_its_files(receipt):
    node(purged_seq=5)
    node("other", purged_seq=4)
    receipts.index_purged(5, 2)
    receipt.refresh_from_db()
    assert (mine(receipt).segments, receipt.completed_at) == (2, None)

    NodeIndex.objects.filter(node="other").update(purged_seq=5)
    receipts.index_purged(5, 0)

    receipt.refresh_from_db()
    assert receipt.completed_at is not None


def test_a_receipt_is_not_complete_before_the_database_is_purged(receipt):
    Erasure.objects.update(purged_at=None)
    node(purged_seq=5)

    receipts.index_purged(5, 1)

    receipt.refresh_from_db()
    assert receipt.completed_at is None


def test_a_receipt_waits_while_no_indexer_at_all_is_at_work(receipt):
    node(seen_ago=timedelta(days=2))

    assert receipts.complete() == 0


def test_a_node_waits_in_receipts_from_its_first_sign_of_life(receipt):
    receipts.still_here()

    assert receipts.complete() == 0


def test_receipts_wait_for_a_node_before_it_reads_its_first_rows(monkeypatch):
    alive = []

    def caught_up(generation, *, check_content):
        alive.extend(receipts.nodes_alive())
        return 0

    monkeypatch.setattr(index_following, "_caught_up", caught_up)
    index_following.catch_up_here()

    assert [index.node for index in alive] == [HERE]


def test_a_node_that_is_away_is_named_and_fills_in_its_part_when_it_comes_back(receipt):
    node(seen_ago=timedelta(days=2))
    node("other", purged_seq=5)
    receipts.expect_all_nodes(receipt)
    assert receipts.complete() == 1
    assert mine(receipt).purged_at is None

    receipts.index_purged(5, 1)

    assert mine(receipt).purged_at is not None


def test_an_indexer_without_work_is_still_waited_for(receipt):
    node(seen_ago=timedelta(days=2))

    receipts.still_here()

    assert receipts.complete() == 0


def test_a_new_node_has_no_part_in_receipts_that_are_complete(receipt):
    receipts.complete()

    receipts.index_purged(9, 1)

    assert not receipt.nodes.exists()
