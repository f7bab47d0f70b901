"""How far apart nodes may be."""

from datetime import timedelta

import pytest
from django.db import connection

from apps.core import clock
from apps.core.errors import Conflict
from apps.core.nodes import node_name
from apps.core.schema_records import SchemaChange
from apps.core.version import VERSION, minor_of
from clawdbot_site.upgrading import migrating, skew
from clawdbot_site.upgrading.pending import is_empty
from tests.clawdbot_site.upgrading.processes import process_report
from tests.factories import UserFactory

MAJOR, MINOR = minor_of(VERSION)


def of_minor(minor):
    return f"{MAJOR}.{minor}.3"


@pytest.mark.parametrize(("other", "may"), [(-1, True), (0, True), (1, True), (2, False)])
def test_a_program_starts_beside_nodes_one_minor_away(other, may):
    reason = skew.refusal(VERSION, [("b", of_minor(MINOR + other))], "")

    assert (reason == "") is may


def test_another_major_version_is_too_far():
    assert "nodes may be one minor version apart" in skew.refusal("0.9.0", [("b", "1.0.0")], "")


@pytest.mark.parametrize(("schema", "may"), [(-3, True), (0, True), (1, True), (2, False)])
def test_a_program_works_on_tables_of_the_next_minor_and_no_newer(schema, may):
    reason = skew.refusal("0.5.0", [], f"0.{5 + schema}.0")

    assert (reason == "") is may


@pytest.mark.django_db
def test_a_node_that_is_too_new_is_named():
    process_report("far", version=of_minor(MINOR + 2))

    with pytest.raises(Conflict, match=f"The node far runs version {of_minor(MINOR + 2)}"):
        skew.require_near()


@pytest.mark.django_db
def test_what_this_node_ran_before_does_not_count():
    process_report(node_name(), version=of_minor(MINOR + 2))

    skew.require_near()


@pytest.mark.django_db
def test_a_node_that_fell_silent_does_not_count():
    process_report("gone", version=of_minor(MINOR + 2), seen_at=clock.now() - timedelta(days=1))

    skew.require_near()


@pytest.mark.django_db
def test_the_tables_of_a_first_start_that_was_killed_half_way_are_no_obstacle():
    process_report("near", version=VERSION)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE retrieval_nodeindex RENAME TO not_made_yet")

    skew.require_near()

    assert skew.living() == [("near", VERSION)]


@pytest.mark.django_db
def test_where_nobody_was_let_in_yet_there_is_nothing_to_back_up():
    before = is_empty()
    UserFactory()

    assert (before, is_empty()) == (True, False)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["other", node_name()])
def test_tables_are_not_taken_back_under_a_node_that_works(name):
    process_report(name, version=VERSION)

    with pytest.raises(Conflict, match=f"Stop the nodes of version {VERSION} first: {name}"):
        migrating.tables_back(print, back_up=lambda: pytest.fail("it goes on"))


@pytest.mark.django_db
def test_tables_are_those_of_who_changed_them_last():
    SchemaChange.objects.create(version="0.1.0", node="a")
    SchemaChange.objects.create(version=of_minor(MINOR + 2), node="a")

    with pytest.raises(Conflict, match=f"The tables are those of version {of_minor(MINOR + 2)}"):
        skew.require_near()
