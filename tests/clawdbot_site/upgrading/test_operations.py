"""What a migration may do while programs of the minor version before still work."""

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

from apps.core.version import VERSION, minor_of
from clawdbot_site.upgrading import releases
from clawdbot_site.upgrading.operations import steps

NOTE = [
    ("id", models.BigAutoField(primary_key=True)),
    ("text", models.CharField(max_length=10)),
    ("rank", models.IntegerField(null=True)),
]


def judged(operation, **attributes):
    state = ProjectState()
    state.add_model(ModelState("notes", "Note", NOTE))
    migration = type("Migration", (migrations.Migration,), attributes)("0002", "notes")
    migration.operations = [operation]
    return steps(migration, state)[0]


def column(field, name="extra"):
    return migrations.AddField("note", name, field)


def changed(field, name="text"):
    return migrations.AlterField("note", name, field)


EXPANDING = {
    "a table": migrations.CreateModel("Other", [("id", models.BigAutoField(primary_key=True))]),
    "a column that may be empty": column(models.TextField(null=True)),
    "a column that the database fills": column(models.TextField(db_default="")),
    "an index": migrations.AddIndex("note", models.Index(fields=["text"], name="by_text")),
    "a longer text": changed(models.CharField(max_length=20)),
    "other words of a form": changed(models.CharField("words", max_length=10, blank=True)),
    "a column that may be empty now": changed(models.CharField(max_length=10, null=True)),
}
CONTRACTING = {
    "a column that the old program leaves out": column(models.TextField(default="")),
    "a column that goes": migrations.RemoveField("note", "rank"),
    "a table that goes": migrations.DeleteModel("Note"),
    "another name": migrations.RenameField("note", "text", "words"),
    "a shorter text": changed(models.CharField(max_length=5)),
    "another kind of column": changed(models.IntegerField()),
    "a column that must be filled now": changed(models.IntegerField(), "rank"),
    "a rule that old rows may break": migrations.AddConstraint(
        "note", models.UniqueConstraint(fields=["text"], name="one_text")
    ),
    "code that nobody vouches for": migrations.RunPython(migrations.RunPython.noop),
}


@pytest.mark.parametrize("operation", EXPANDING.values(), ids=EXPANDING)
def test_the_program_before_goes_on_working(operation):
    assert judged(operation).problem == ""


@pytest.mark.parametrize("operation", CONTRACTING.values(), ids=CONTRACTING)
def test_the_program_before_would_stop_working(operation):
    assert judged(operation).problem


def test_a_rule_for_a_table_that_comes_with_it_hinders_nobody():
    made, rule = EXPANDING["a table"], CONTRACTING["a rule that old rows may break"]
    rule = migrations.AddConstraint("other", rule.constraint)
    state = ProjectState()
    migration = migrations.Migration("0002", "notes")
    migration.operations = [made, migrations.AddField("other", "text", models.TextField()), rule]

    assert [step.problem for step in steps(migration, state)] == ["", "", ""]


def test_code_is_let_through_where_it_is_said_why():
    step = judged(migrations.RunPython(migrations.RunPython.noop), expands="it does nothing")

    assert step.problem == ""


def test_who_waits_is_whoever_writes_to_a_table_that_is_read_as_a_whole():
    index = judged(EXPANDING["an index"])
    plain = judged(EXPANDING["a column that may be empty"])

    assert (index.table, index.is_rewrite) == ("notes_note", True)
    assert not plain.is_rewrite


def since_the_minor_before():
    """Our migrations that no released minor version had, in their order."""
    loader = MigrationLoader(None)
    heads = releases.HEADS[releases.before(minor_of(VERSION))]
    known = {key for head in heads.items() for key in loader.graph.forwards_plan(head)}
    ours = [key for key in loader.disk_migrations if _is_ours(loader.disk_migrations[key])]
    state = loader.project_state(list(heads.items()))
    plan = dict.fromkeys(
        key for target in sorted(ours) for key in loader.graph.forwards_plan(target)
    )
    return [(loader.graph.nodes[key], state) for key in plan if key not in known]


def _is_ours(migration):
    return migration.__module__.startswith(("apps.", "ingest."))


def test_no_migration_since_the_minor_before_keeps_its_nodes_from_working():
    found = [
        f"{migration}: {step.what}: {step.problem}"
        for migration, state in since_the_minor_before()
        for step in steps(migration, state)
        if step.problem
    ]

    assert found == [], "see docs/adr/0032"


def test_the_heads_of_releases_are_migrations_that_there_are():
    nodes = MigrationLoader(None).graph.nodes

    assert [
        head for heads in releases.HEADS.values() for head in heads.items() if head not in nodes
    ] == []
    assert releases.before(minor_of(VERSION)) == (0, minor_of(VERSION)[1] - 1)
